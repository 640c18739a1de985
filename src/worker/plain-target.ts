// The plain target: its worker and its handle are pino's, by way of thread-stream. Here is what the worker's side can do so that
// the application hears of events, and of a log that cannot be opened.
import { EventEmitter } from 'node:events'
import { workerData, type MessagePort } from 'node:worker_threads'
import type { LogStream } from '../stream.js'
import { errorFacts, forwardEvents } from './channel.js'

/** The first version of thread-stream whose handle knows events; an older one throws at the first. */
const eventsSince = [2, 1] as const

interface ThreadStreamData { readonly workerData?: { readonly file?: unknown, readonly $context?: { readonly threadStreamVersion?: unknown } } }

/** Passes events on to the application, where its thread-stream knows events. */
export function passEventsOn (stream: LogStream, port: MessagePort): void {
  const version = given()?.$context?.threadStreamVersion
  const [major = 0, minor = 0] = typeof version === 'string' ? version.split('.').map(Number) : []
  if (!(major > eventsSince[0] || (major === eventsSince[0] && minor >= eventsSince[1]))) return
  forwardEvents(stream, (name, details) => { port.postMessage({ code: 'EVENT', name, args: [details] }) })
}

/** Whether the target with that file is all that the calling worker was started for, and not one of several. */
export function isOnlyTarget (file: unknown): boolean {
  return given()?.file === file
}

/**
 * Stands in the place of a stream that could not be opened, and tells thread-stream the error as soon as it listens. An error
 * that is thrown instead reaches the application only by its event loop: one that is exiting would wait 10 s.
 */
export class UnopenedTarget extends EventEmitter {
  readonly #error: Error

  constructor (error: unknown) {
    super()
    const { cause, ...facts } = errorFacts(error)
    // Of an error, only its text and its cause survive the way between threads.
    this.#error = new Error(facts.message, { cause: facts })
  }

  override on (name: string, listener: (...details: unknown[]) => void): this {
    if (name === 'error') listener(this.#error)
    return super.on(name, listener)
  }

  write (): boolean {
    return true
  }

  end (): void {
    this.emit('close')
  }
}

function given (): ThreadStreamData['workerData'] {
  return (workerData as ThreadStreamData).workerData
}
