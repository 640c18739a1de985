// What passes between the application's thread and the worker besides log lines: events and answers one way, requests the
// other. A plain target's worker is started by pino, and its events travel as thread-stream carries them.
import { isMainThread, parentPort, workerData, type MessagePort } from 'node:worker_threads'
import { isError, type ErrorFacts } from '../errors.js'
import type { RotatedEvent, RotorEvents } from '../events.js'
import type { LogStatus } from '../policy/status/status-shape.js'
import type { Settings } from '../options/settings.js'
import type { LogStream } from '../stream.js'
import type { SharedMemory } from './shared-memory.js'

/** What can be asked of the worker, with what it answers. */
export interface Answers {
  flush: undefined
  rotate: RotatedEvent | null
  sweep: undefined
  upload: undefined
  status: LogStatus
}

/** A request is answered once the worker has read as many bytes of lines. */
export interface Request { readonly id: number, readonly ask: keyof Answers, readonly position: number }

/** Asks for a sign of life. */
export interface Ping { readonly ping: true }

export type Reply = { readonly id: number, readonly answer: Answers[keyof Answers] } | { readonly id: number, readonly error: ErrorFacts }

/** What the worker tells. */
export type Message =
  | { readonly is: 'ready' | 'room' | 'finish' }
  | { readonly is: 'failure', readonly facts: ErrorFacts }
  | { readonly is: 'reply', readonly reply: Reply }
  | { readonly is: 'event', readonly name: keyof RotorEvents, readonly details: object }

/** What the worker of `transport()` is given. */
export interface LogThreadData { readonly rotorLog: { readonly settings: Settings, readonly memory: SharedMemory } }

const eventNames = ['rotated', 'compressed', 'bundled', 'removed', 'uploaded', 'forwarded', 'failed', 'dropped', 'recovered'] as const satisfies Array<keyof RotorEvents>

/** The way to the application, where the calling thread is a worker that thread-stream started; else null. */
export function threadStreamPort (): MessagePort | null {
  const data: unknown = workerData
  const isThreadStream = !isMainThread && typeof data === 'object' && data !== null && 'stateBuf' in data && 'dataBuf' in data
  return isThreadStream ? parentPort : null
}

/** What `transport()` has given to the calling thread, and the way back; null in any other thread. */
export function logThread (): LogThreadData['rotorLog'] & { readonly port: MessagePort } | null {
  const data: unknown = workerData
  if (isMainThread || parentPort === null || typeof data !== 'object' || data === null || !('rotorLog' in data)) return null
  return { ...(data as LogThreadData).rotorLog, port: parentPort }
}

/** Hands every event of the stream on. */
export function forwardEvents (stream: LogStream, send: (name: keyof RotorEvents, details: object) => void): void {
  for (const name of eventNames) {
    stream.on(name, (details: object) => { send(name, details) })
  }
}

/** An error as it survives the way between threads. */
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
