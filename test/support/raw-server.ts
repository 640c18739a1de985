// A TCP server on loopback that speaks no protocol of its own, so that a test can answer as no healthy server does. It ends with the test.
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export interface RawServer {
  /** Its address: `http://127.0.0.1:PORT`. */
  readonly origin: string
  /** How many connections it has had. */
  readonly connections: () => number
}

/** Starts the server. `handle` gets each connection. */
export async function startRawServer (handle: (socket: Socket) => void): Promise<RawServer> {
  let connections = 0
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    connections++
    sockets.add(socket)
    socket.on('error', () => {}) // a client may end a connection at any time
    handle(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, connections: () => connections }
}
