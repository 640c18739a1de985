// Syslog over TCP (RFC 5424 messages, framed by RFC 6587). A message's end is known by its length, so a line may hold anything.
import { once } from 'node:events'
import { connect } from 'node:net'
import { hostname } from 'node:os'
const { SYSLOG_HOST = '127.0.0.1', SYSLOG_PORT = '514', SERVICE = 'app' } = process.env

export default async function send (lines, signal) {
  const socket = connect({ host: SYSLOG_HOST, port: Number(SYSLOG_PORT), signal })
  await once(socket, 'connect')
  const closed = once(socket.resume(), 'close')
  socket.end(lines.map(frame).join(''))
  // The server closes once it has read everything. Syslog has no other acknowledgement.
  await closed
}

function frame (line) {
  const message = `<14>1 ${new Date().toISOString()} ${hostname()} ${SERVICE} - - - ${line}`
  return `${Buffer.byteLength(message)} ${message}`
}
