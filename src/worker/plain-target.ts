// The plain target. Its worker and its handle belong to pino and thread-stream. This file lets the application hear of
// events, and of a log that cannot be opened.
import { EventEmitter } from 'node:events'
import { workerData, type MessagePort } from 'node:worker_threads'
import { errorFacts } from '../disk/errno.js'
import { RotorOptionsError } from '../errors.js'
import { namesLevels, unknownLevels } from '../lifecycle/log/level-names.js'
import type { Settings } from '../options/settings.js'
import type { LogStream } from '../stream.js'
import { forwardEvents } from './channel.js'
import { ToldLevels } from './pino-config.js'

/** The first version of thread-stream whose handle supports events. An older one throws at the first event. */
const eventsSince = [2, 1] as const

interface ThreadStreamData { readonly workerData?: { readonly file?: unknown, readonly levels?: unknown, readonly pinoWillSendConfig?: unknown, readonly $context?: { readonly threadStreamVersion?: unknown } } }

/** Passes events to the application if its thread-stream supports events. */
export function passEventsOn (stream: LogStream, port: MessagePort): void {
  const version = given()?.$context?.threadStreamVersion
  const [major = 0, minor = 0] = typeof version === 'string' ? version.split('.').map(Number) : []
  if (!(major > eventsSince[0] || (major === eventsSince[0] && minor >= eventsSince[1]))) return
  forwardEvents(stream, (name, details) => { port.postMessage({ code: 'EVENT', name, args: [details] }) })
}

/** The logger's own levels, if pino started the worker itself and knew them. */
export function givenLevels (): unknown {
  return given()?.levels
}

/**
 * The levels that pino tells this worker with `pino()`; null if the settings name none.
 *
 * @throws {RotorOptionsError} if the settings name a custom level, and this version of pino does not tell its number.
 */
export function levelsFromPino (settings: Settings, port: MessagePort): ToldLevels | null {
  const unknown = unknownLevels(settings)
  if (given()?.pinoWillSendConfig === true && namesLevels(settings)) return new ToldLevels(port)
  if (unknown.length === 0) return null
  throw new RotorOptionsError([{ path: 'match.level', expected: 'the number of a custom level, because this version of pino does not tell a transport the names', received: JSON.stringify(unknown[0]) }])
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
