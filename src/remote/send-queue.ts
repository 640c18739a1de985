// How many bytes of a connection the kernel still has to send. It takes megabytes at once and passes them on at the line's speed,
// so a slow line looks silent from here. Linux tells the number. Elsewhere it is not known.
import { readFile } from 'node:fs/promises'
import type { Socket } from 'node:net'

/** Returns that number; null if the system does not tell it. */
export async function queuedBytes (socket: Socket): Promise<number | null> {
  const { localPort, remotePort, localFamily } = socket
  if (localPort === undefined || remotePort === undefined) return null
  const table = await readFile(localFamily === 'IPv6' ? '/proc/self/net/tcp6' : '/proc/self/net/tcp', 'latin1').catch(() => '') // Another system, or a closed /proc.
  return queuedIn(table, localPort, remotePort)
}

/** Finds the number in the kernel's table of connections; null if the connection is not there. */
function queuedIn (table: string, localPort: number, remotePort: number): number | null {
  const connection = new RegExp(`^ *\\d+: [0-9A-F]+:${hexadecimal(localPort)} [0-9A-F]+:${hexadecimal(remotePort)} [0-9A-F]{2} ([0-9A-F]{8}):`, 'm')
  const [, bytes] = connection.exec(table) ?? []
  return bytes === undefined ? null : Number.parseInt(bytes, 16)
}

function hexadecimal (port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0')
}
