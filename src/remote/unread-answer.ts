// A server may answer in the middle of a body and break the connection. The next write then fails, and Node drops the connection
// with the answer that the kernel has already. So a failed write is told only once all that has arrived is read.
import type { Socket } from 'node:net'

type Settle = (error?: Error | null) => void

/** Holds back the error of a failed write until the other side's bytes are read to their end. The caller's limit of silence bounds this. */
export function readBeforeWriteFails (socket: Socket): void {
  const holdBack = (settle: Settle): Settle => (error) => {
    if (error == null || socket.readableEnded || socket.destroyed) settle(error)
    else socket.once('end', () => { settle(error) })
  }
  const write = socket._write.bind(socket)
  const writeAll = socket._writev?.bind(socket)
  socket._write = (chunk, encoding, settle) => { write(chunk, encoding, holdBack(settle)) }
  if (writeAll !== undefined) socket._writev = (chunks, settle) => { writeAll(chunks, holdBack(settle)) }
}
