// The plain target. Its worker and its handle belong to pino and thread-stream. This file lets the application hear of
// events, and of a log that cannot be opened.
import { EventEmitter } from 'node:events'
import { workerData, type MessagePort } from 'node:worker_threads'
import type { LogStream } from '../stream.js'
import { errorFacts, forwardEvents } from './channel.js'

/** The first version of thread-stream whose handle supports events. An older one throws at the first event. */
const eventsSince = [2, 1] as const

interface ThreadStreamData { readonly workerData?: { readonly file?: unknown, readonly $context?: { readonly threadStreamVersion?: unknown } } }

/** Passes events to the application if its thread-stream supports events. */
export function passEventsOn (stream: LogStream, port: MessagePort): void {
  const version = given()?.$context?.threadStreamVersion
  const [major = 0, minor = 0] = typeof version === 'string' ? version.split('.').map(Number) : []
  if (!(major > eventsSince[0] || (major === eventsSince[0] && minor >= eventsSince[1]))) return
  forwardEvents(stream, (name, details) => { port.postMessage({ code: 'EVENT', name, args: [details] }) })
}

/** Whether the calling worker runs only the target with that file, and no other targets. */
export function isOnlyTarget (file: unknown): boolean {
  return given()?.file === file
}

/**
 * Replaces a stream that could not be opened, and gives thread-stream the error as soon as it listens. A thrown error would
 * need the application's event loop. An application that is exiting would then wait 10 s.
 */
export class UnopenedTarget extends EventEmitter {
  readonly #error: Error

  constructor (error: unknown) {
    super()
    const { cause, ...facts } = errorFacts(error)
    // Only an error's text and cause can be sent between threads.
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
