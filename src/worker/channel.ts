// The messages between the application's thread and the worker, besides log lines: events and answers one way, requests the
// other. pino starts the worker of a plain target, and thread-stream carries its events.
import { isMainThread, parentPort, workerData, type MessagePort } from 'node:worker_threads'
import type { ErrorFacts } from '../errors.js'
import type { TurnMemory } from '../platform/process-turn.js'
import type { RotatedEvent, RotorEvents } from '../events.js'
import type { LogStatus } from '../policy/status/status-shape.js'
import type { Settings } from '../options/settings.js'
import type { LevelNumbers } from '../options/values/level-numbers.js'
import type { LogStream } from '../stream.js'
import type { SharedMemory } from './shared-memory.js'

/** The requests to the worker, each with the type of its answer. */
export interface Answers {
  flush: undefined
  rotate: RotatedEvent | null
  sweep: undefined
  upload: undefined
  status: LogStatus
}

/** A request is answered once the worker has read that many bytes of lines. */
export interface Request { readonly id: number, readonly ask: keyof Answers, readonly position: number }

/** The levels of a logger that writes to the handle. */
export interface LevelNews { readonly levels: LevelNumbers }

/** Asks for a sign of life. */
export interface Ping { readonly ping: true }

export type Reply = { readonly id: number, readonly answer: Answers[keyof Answers] } | { readonly id: number, readonly error: ErrorFacts }

/** A message from the worker. */
export type Message =
  | { readonly is: 'ready' | 'room' | 'finish' }
  | { readonly is: 'failure', readonly facts: ErrorFacts }
  | { readonly is: 'reply', readonly reply: Reply }
  | { readonly is: 'event', readonly name: keyof RotorEvents, readonly details: object }

/** Whether a message may be one of these. A user's module in the worker may post anything. */
export function isMessage (value: unknown): value is Message {
  return typeof value === 'object' && value !== null && 'is' in value
}

/** The data for the worker of `transport()`. */
export interface LogThreadData { readonly rotorLog: { readonly settings: Settings, readonly memory: SharedMemory, readonly turn: TurnMemory } }

const eventNames = ['rotated', 'compressed', 'bundled', 'removed', 'uploaded', 'forwarded', 'failed', 'dropped', 'recovered'] as const satisfies Array<keyof RotorEvents>

/** The port to the application, if thread-stream started the calling worker; otherwise null. */
export function threadStreamPort (): MessagePort | null {
  const data: unknown = workerData
  const isThreadStream = !isMainThread && typeof data === 'object' && data !== null && 'stateBuf' in data && 'dataBuf' in data
  return isThreadStream ? parentPort : null
}

/** The data from `transport()` for the calling thread, and the port back; null in any other thread. */
export function logThread (): LogThreadData['rotorLog'] & { readonly port: MessagePort } | null {
  const data: unknown = workerData
  if (isMainThread || parentPort === null || typeof data !== 'object' || data === null || !('rotorLog' in data)) return null
  return { ...(data as LogThreadData).rotorLog, port: parentPort }
}

/** Passes every event of the stream on. */
export function forwardEvents (stream: LogStream, send: (name: keyof RotorEvents, details: object) => void): void {
  for (const name of eventNames) {
    stream.on(name, (details: object) => { send(name, details) })
  }
}
