// The thread that unpacks and searches for a reader, one task after another. Each task is answered by a message.
import { parentPort, workerData } from 'node:worker_threads'
import { isError } from '../../errors.js'
import { useGate, type Gated } from '../../platform/ending-gate.js'
import { Scanning, type ScanAnswer, type ScanRequest, type ScanTask } from './scan-task.js'
import { hasOwnKey } from '../../platform/own-key.js'

/** An answer, or the error of reading the file. */
export type ScanReply = { readonly answer: ScanAnswer } | { readonly failure: { readonly message: string, readonly code: string | undefined } }

/** What the thread is started with. */
export interface ReadingTask { readonly request: ScanRequest }

const port = parentPort
const { request, gate } = workerData as Gated<ReadingTask>
const scanning = new Scanning(request)
useGate(gate)

port?.on('message', (task: ScanTask) => {
  const reply = replyTo(task)
  // The result moves to the reader without being copied.
  const moved = hasOwnKey(reply, 'answer') && reply.answer.kind === 'found' && reply.answer.bytes.length > 0 ? [reply.answer.bytes.buffer as ArrayBuffer] : []
  port.postMessage(reply, moved)
})

function replyTo (task: ScanTask): ScanReply {
  try {
    return { answer: scanning.answer(task) }
  } catch (error) {
    return { failure: { message: isError(error) ? error.message : String(error), code: isError(error) ? (error as NodeJS.ErrnoException).code : undefined } }
  }
}
