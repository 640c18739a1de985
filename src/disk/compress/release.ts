// Gives memory back at once. A buffer is otherwise kept until the engine collects garbage, and an engine that has few objects to
// look after does not notice that each of them is a megabyte: 64 MiB would come together.
import { MessageChannel, type MessagePort } from 'node:worker_threads'

interface Transferable {
  transfer?: (bytes: number) => ArrayBuffer
}

/** Frees a buffer that nothing uses any more; afterwards it is empty. Smaller ones may share their memory, and are left alone. */
export function release ({ buffer }: Buffer): void {
  if (!(buffer instanceof ArrayBuffer) || buffer.byteLength <= Buffer.poolSize) return
  const { transfer }: Transferable = buffer as Transferable
  if (transfer === undefined) drop(buffer)
  else transfer.call(buffer, 0)
}

// For Node 20, which lacks `transfer`: what is sent through a closed port is taken from the sender and goes nowhere.
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
