// What pino writes to: the worker's side of the transport, or the whole of it in process. It has the face of a SonicBoom,
// which is what pino and thread-stream ask for, and not the machinery of a Writable, which costs more than the write.
import { EventEmitter } from 'node:events'
import type { Clock } from './clock.js'
import type { Emit, RotatedEvent, RotorEvents } from './events.js'
import { retryWhileHeld } from './disk/held-files.js'
import { LateLines } from './handle/late-lines.js'
import { LineGatherer } from './lifecycle/log/line-gatherer.js'
import type { Log } from './lifecycle/log/log.js'
import { noUserModules } from './lifecycle/log/user-modules.js'
import { SingleLog } from './lifecycle/log/single-log.js'
import { RoutedLog } from './lifecycle/log/routed-log.js'
import type { LogStatus } from './policy/status/status-shape.js'
import type { Settings } from './options/settings.js'

/** The events of an in-process stream: those of a transport and those of any stream. */
export interface LogStreamEvents extends RotorEvents {
  ready: []
  finish: []
  close: []
}

/**
 * A destination for pino in the calling thread. Everything it is given is in the file when `write` returns. A process that
 * falls off its end without having ended the stream stays until a compression under way is done.
 */
export class LogStream extends EventEmitter<LogStreamEvents> {
  readonly #log: Log
  readonly #lines = new LineGatherer()
  readonly #append = (lines: Buffer): void => { this.#log.append(lines) }
  readonly #late: LateLines
  #ended = false

  /** @internal */
  constructor (settings: Settings, clock: Clock, modules = noUserModules) {
    super()
    this.#late = new LateLines(settings.file)
    // A listener runs after the write that caused the event, and hears of what happened before it was there to listen.
    const emit: Emit = (name, ...args) => { setImmediate(() => this.emit(name, ...args as never)) }
    this.#log = settings.routes.length === 0 ? new SingleLog(settings, clock, emit, {}, modules) : new RoutedLog(settings, clock, emit, modules)
    setImmediate(() => this.emit('ready'))
  }

  get writable (): boolean {
    return !this.#ended
  }

  /**
   * Appends a chunk of log lines. What is not ended by a newline yet waits for its end. Always true: nothing piles up. What
   * comes after `end` is not written; a warning on stderr says so once.
   */
  write (chunk: string | Uint8Array): boolean {
    if (this.#ended) this.#late.refuse()
    else this.#lines.add(chunk, this.#append)
    return true
  }

  // The parameter has no default: thread-stream takes a flush without one for a synchronous flush.
  /** Calls back once every line written so far is in the file, or was given up because the disk refused it. */
  flush (callback?: () => void): void {
    this.#log.whenWritten(() => callback?.())
  }

  /** Does nothing: what the disk takes is in the file already, and for what it refuses an application should not wait. */
  flushSync (): void {}

  /**
   * Rotates now, the files of all routes included. Resolves to the event of the main file, or to null where that is empty.
   */
  async rotate (): Promise<RotatedEvent | null> {
    return await retryWhileHeld(() => this.#log.rotate())
  }

  /** Compresses what waits and applies the limits; resolves when that is done. */
  async sweep (): Promise<void> {
    await this.#log.sweep()
  }

  /** What `pino-rotor status --json` prints. */
  async status (): Promise<LogStatus> {
    return await this.#log.status()
  }

  /** Writes what waits and closes the file. Emits `'finish'` and `'close'`. */
  end (chunk?: string | Uint8Array): void {
    if (this.#ended) return
    if (chunk !== undefined) this.write(chunk)
    this.#ended = true
    this.#lines.finish(this.#append)
    void this.#log.close().then(() => {
      setImmediate(() => {
        this.emit('finish')
        this.emit('close')
      })
    })
  }

  /** The same as `end`. */
  destroy (): void {
    this.end()
  }
}
