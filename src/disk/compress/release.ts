// Frees memory at once. A buffer is otherwise kept until the engine collects garbage. An engine with few objects does not
// notice that each of them is a megabyte, and 64 MiB would pile up.
import { MessageChannel, type MessagePort } from 'node:worker_threads'

interface Transferable {
  transfer?: (bytes: number) => ArrayBuffer
}

// The pool that small buffers share is a little larger than its stated size: 65,600 bytes instead of 65,536 in Node 26.
const sharedBytesMax = 2 * Buffer.poolSize

/** Frees a buffer that is no longer used. It is empty afterwards. A small buffer may share its memory and is left alone. */
export function release ({ buffer }: Buffer): void {
  if (!(buffer instanceof ArrayBuffer) || buffer.byteLength <= sharedBytesMax) return
  const { transfer }: Transferable = buffer as Transferable
  if (transfer === undefined) drop(buffer)
  else transfer.call(buffer, 0)
}

// For Node 20, which lacks `transfer`. A closed port takes the memory from the sender and drops it.
function drop (buffer: ArrayBuffer): void {
  closedPort ??= makeClosedPort()
  closedPort.postMessage(null, [buffer])
}

let closedPort: MessagePort | null = null

function makeClosedPort (): MessagePort {
  const { port1 } = new MessageChannel()
  port1.close()
  return port1
}
