// What passes between the application's thread and the worker besides log lines: events one way, requests the other.
import { isMainThread, parentPort, workerData, type MessagePort } from 'node:worker_threads'
import type { ErrorFacts } from '../errors.js'
import type { RotatedEvent, RotorEvents } from '../events.js'
import type { LogStatus } from '../policy/status/status-shape.js'
import type { LogStream } from '../stream.js'
import { isError } from '../errors.js'

/** What can be asked of the worker, with what it answers. */
export interface Answers {
  rotate: RotatedEvent | null
  sweep: undefined
  status: LogStatus
}

export interface Request { readonly rotor: true, readonly id: number, readonly ask: keyof Answers }

export type Reply = { readonly id: number, readonly answer: Answers[keyof Answers] } | { readonly id: number, readonly error: ErrorFacts }

/** Names of thread-stream events that are ours alone. */
export const replyEvent = 'rotor:reply'
export const openFailedEvent = 'rotor:open-failed'

const eventNames = ['rotated', 'compressed', 'bundled', 'removed', 'failed', 'dropped', 'recovered'] as const satisfies Array<keyof RotorEvents>

/** The way to the application, where the calling thread is a worker that thread-stream started; else null. */
export function threadStreamPort (): MessagePort | null {
  const data: unknown = workerData
  const isThreadStream = !isMainThread && typeof data === 'object' && data !== null && 'stateBuf' in data && 'dataBuf' in data
  return isThreadStream ? parentPort : null
}

/** Passes every event of the stream on to the application. */
export function forwardEvents (stream: LogStream, port: MessagePort): void {
  for (const name of eventNames) {
    stream.on(name, (details: object) => { postEvent(port, name, details) })
  }
}

/** Answers requests until the stream is closed. */
export function answerRequests (stream: LogStream, port: MessagePort): void {
  port.on('message', (message: unknown) => {
    if (isRequest(message)) void answer(stream, port, message)
  })
}

/** Emits an event on the application's handle. */
export function postEvent (port: MessagePort, name: string, details: unknown): void {
  port.postMessage({ code: 'EVENT', name, args: [details] })
}

export function errorFacts (error: unknown): ErrorFacts {
  if (!isError(error)) return { name: 'Error', message: String(error) }
  const { name, message, code, path, cause }: NodeJS.ErrnoException = error
  return {
    name,
    message,
    ...(code !== undefined && { code }),
    ...(path !== undefined && { path }),
    ...(cause !== undefined && { cause: errorFacts(cause) })
  }
}

async function answer (stream: LogStream, port: MessagePort, { id, ask }: Request): Promise<void> {
  try {
    const reply: Reply = { id, answer: await stream[ask]() as Answers[keyof Answers] }
    postEvent(port, replyEvent, reply)
  } catch (error) {
    postEvent(port, replyEvent, { id, error: errorFacts(error) } satisfies Reply)
  }
}

function isRequest (message: unknown): message is Request {
  return typeof message === 'object' && message !== null && 'rotor' in message
}
