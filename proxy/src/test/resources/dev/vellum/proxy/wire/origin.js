// A Node origin for tests. Prints "port N" once it listens.
//   node origin.js requests             answers every request; prints each as a JSON line [host, method, url, content]
//   node origin.js responses FILE       answers GET /NAME with the bytes that FILE, JSON, holds for NAME in base64
'use strict';
const http = require('http');
const net = require('net');
const fs = require('fs');

const [mode, file] = process.argv.slice(2);
process.stdin.on('end', () => process.exit(0)).resume();

let server;
if (mode === 'requests') {
  server = http.createServer((request, response) => {
    const parts = [];
    request.on('data', part => parts.push(part));
    request.on('end', () => {
      const content = Buffer.concat(parts).toString('latin1');
      console.log(JSON.stringify([request.headers.host, request.method, request.url, content]));
      response.setHeader('Cache-Control', 'no-store');
      response.end('ok');
    });
  });
  server.on('clientError', (error, socket) => {
    // a request that was broken off is not one that was malformed
    if (!['HPE_INVALID_EOF_STATE', 'ECONNRESET', 'EPIPE'].includes(error.code)) {
      console.log(JSON.stringify(['malformed', error.code, String(error.rawPacket), '']));
    }
    socket.destroy();
  });
} else {
  const answers = JSON.parse(fs.readFileSync(file, 'utf8'));
  server = net.createServer(socket => {
    let head = '';
    socket.on('data', bytes => {
      head += bytes.toString('latin1');
      while (head.includes('\r\n\r\n')) {
        const name = head.split(' ')[1].slice(1);
        head = head.slice(head.indexOf('\r\n\r\n') + 4);
        socket.write(Buffer.from(answers[name], 'base64'));
      }
    });
    socket.on('error', () => {});
  });
}
server.listen(0, '127.0.0.1', () => console.log('port ' + server.address().port));
