// Carries messages between HTTP/1.1 and HTTP/2 without TLS, so that the suite, which speaks the one, tests the other.
//   node http2.mjs front PORT TO   listens with HTTP/1.1, asks with HTTP/2
//   node http2.mjs back PORT TO    listens with HTTP/2, asks with HTTP/1.1
import http from 'node:http'
import http2 from 'node:http2'

const [side, port, to] = process.argv.slice(2)

const ofConnection = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade', 'te', 'http2-settings'])

/** Fields by name; those that come several times as one value, which means the same, but for Set-Cookie. */
function fields(raw) {
  const all = {}
  const listed = new Set()
  for (let i = 0; i < raw.length; i += 2) {
    if (raw[i].toLowerCase() === 'connection') raw[i + 1].split(',').forEach((name) => listed.add(name.trim().toLowerCase()))
  }
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i].toLowerCase()
    if (ofConnection.has(name) || listed.has(name) || name.startsWith(':') || name === 'host') continue
    if (name === 'set-cookie') (all[name] ??= []).push(raw[i + 1])
    else all[name] = name in all ? `${all[name]}, ${raw[i + 1]}` : raw[i + 1]
  }
  return all
}

function front() {
  let session
  const connected = () => {
    if (!session || session.closed || session.destroyed) {
      session = http2.connect(`http://127.0.0.1:${to}`)
      session.on('error', () => {})
    }
    return session
  }
  http.createServer((request, response) => {
    const bodiless = !request.headers['transfer-encoding'] && !Number(request.headers['content-length'])
    const stream = connected().request({
      ':method': request.method, ':path': request.url, ':authority': request.headers.host, ...fields(request.rawHeaders),
    }, { endStream: bodiless })
    stream.on('headers', (head) => response.writeInformation?.(head[':status'], fields(Object.entries(head).flat())))
    stream.on('response', (head, _flags, raw) => {
      response.writeHead(head[':status'], fields(raw))
      stream.pipe(response)
    })
    stream.on('error', () => response.destroy())
    // a response that is whole before its request is no broken one (RFC 9113 section 8.1)
    stream.on('close', () => stream.rstCode && response.destroy())
    response.on('close', () => response.writableFinished || stream.close(http2.constants.NGHTTP2_CANCEL))
    if (!bodiless) request.pipe(stream)
  }).listen(Number(port), '127.0.0.1')
}

function back() {
  http2.createServer().on('stream', (stream, head, _flags, raw) => {
    const request = http.request({
      host: '127.0.0.1', port: to, method: head[':method'], path: head[':path'], insecureHTTPParser: true,
      headers: { host: head[':authority'], ...fields(raw) },
    })
    stream.on('error', () => request.destroy())
    request.on('information', (interim) => {
      if (!stream.headersSent && !stream.destroyed) stream.additionalHeaders({ ':status': interim.statusCode, ...fields(interim.rawHeaders) })
    })
    let answer
    request.on('response', (response) => {
      answer = response
      if (stream.destroyed) return response.destroy()
      try {
        stream.respond({ ':status': response.statusCode, ...fields(response.rawHeaders) })
      } catch (unspeakable) {
        // what HTTP/2 cannot say ends as it would on HTTP/1.1
        stream.close(http2.constants.NGHTTP2_PROTOCOL_ERROR)
        return
      }
      response.on('aborted', () => stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR))
      response.pipe(stream)
    })
    // bytes behind a whole response are an error of HTTP/1.1's connection, and none of the response
    request.on('error', () => answer?.complete || stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR))
    stream.pipe(request)
  }).listen(Number(port), '127.0.0.1')
}

side === 'front' ? front() : back()
