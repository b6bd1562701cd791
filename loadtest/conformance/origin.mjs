// Starts the suite's origin server on loopback only: origin.mjs SUITE PORT
import http from 'node:http'

const [suite, port] = process.argv.slice(2)
const listen = http.Server.prototype.listen
http.Server.prototype.listen = function (any) { return listen.call(this, any, '127.0.0.1') }

process.env.npm_config_protocol = 'http'
process.env.npm_config_port = port
process.env.npm_config_pidfile = '/dev/null'
await import(`${suite}/server/server.mjs`)
