// Gives the memory of large buffers back as soon as they are used up. The collector would come later: it sees many megabytes of
// them as a few small objects.
import { MessageChannel, type MessagePort } from 'node:worker_threads'

let closed: MessagePort | null = null

/** Frees the memory of bytes that are used no more. Nothing else may share their memory. */
export function giveBack (bytes: Buffer): void {
  const memory = bytes.buffer
  // A smaller one may be part of Node's pool.
  if (memory instanceof ArrayBuffer && memory.byteLength > Buffer.poolSize) closedPort().postMessage(null, [memory])
}

// What is moved to a closed port belongs to no thread any more.
function closedPort (): MessagePort {
  if (closed !== null) return closed
  const { port1, port2 } = new MessageChannel()
  port2.close()
  closed = port1
  return port1
}
