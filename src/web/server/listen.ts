// Listens on the port, or on the next free one.
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { errnoOf } from '../../disk/errno.js'

/** How many ports after the wanted one are tried. */
const portsMax = 20
const portMax = 65_535

/** Resolves to the port that was taken. Port 0 takes any free one. */
export async function listen (server: Server, host: string, port: number): Promise<number> {
  for (let candidate = port; ; candidate++) {
    try {
      await listenOn(server, host, candidate)
      return (server.address() as AddressInfo).port
    } catch (error) {
      if (errnoOf(error) !== 'EADDRINUSE' || candidate - port >= portsMax || candidate >= portMax) throw error
    }
  }
}

async function listenOn (server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}
