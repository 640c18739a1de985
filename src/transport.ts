// The application's side: a handle on a worker, with typed events and requests. Users hold this object. transport-handle/log-thread.ts
// keeps everything about the worker, and outlives a handle that is no longer referenced.
import { EventEmitter } from 'node:events'
import { systemClock } from './clock.js'
import { RotorClosedError } from './errors.js'
import type { RotatedEvent, RotorEvents } from './events.js'
import { LinesAfterEnd } from './writable/lines-after-end.js'
import { LogThread, type ThreadListener } from './transport-handle/log-thread.js'
import { endArguments, writeArguments, type Chunk, type WriteCallback } from './writable/stream-arguments.js'
import type { Settings } from './options/settings.js'
import type { LogStatus } from './policy/status/status-shape.js'
import type { Answers } from './worker/channel.js'
import { hearLevels } from './worker/pino-config.js'

/** The events of a transport: those of the log and those of any stream. */
export interface TransportEvents extends RotorEvents {
  /** The log is open. */
  ready: []
  drain: []
  finish: []
  close: []
  /** The log could not be opened. Later failures are never an `'error'`. */
  error: [Error]
}

// With Node's own coverage on, a registry of this kind crashes Node (nodejs/node#49344).
const abandoned = process.env['NODE_V8_COVERAGE'] === undefined ? new FinalizationRegistry<LogThread>((thread) => { thread.end() }) : null

/**
 * A destination for pino whose files are written by a worker thread. Used like a stream.Writable.
 *
 * Its worker ends when nothing refers to it any more and its lines are written. A pino logger refers to it. A promise for one of its
 * events does not, so keep a reference for as long as you wait for an event.
 */
export class Transport extends EventEmitter<TransportEvents> {
  readonly #file: string
  readonly #thread: LogThread
  readonly #afterEnd: LinesAfterEnd
  #isEnded = false

  /** @internal */
  constructor (settings: Settings, workerFile: string) {
    super()
    this.#file = settings.file
    this.#afterEnd = new LinesAfterEnd(settings.file)
    this.#thread = new LogThread(settings, workerFile, systemClock, weakListener(this))
    abandoned?.register(this, this.#thread)
    if (settings.routes.length > 0 || settings.rotateWhen !== null) hearLevels(this, (levels) => { this.#thread.nameLevels(levels) })
  }

  get writable (): boolean {
    return !this.#isEnded && !this.#thread.isClosed
  }

  /** Whether to wait for `'drain'` before writing more. */
  get writableNeedDrain (): boolean {
    return this.#thread.outbox.needsDrain
  }

  /** The bytes that were written but are not in the file yet. */
  get writableLength (): number {
    return this.#thread.outbox.outstandingBytes
  }

  /** With this many outstanding bytes, `write` returns false. */
  get writableHighWaterMark (): number {
    return this.#thread.outbox.highWaterBytes
  }

  get writableObjectMode (): boolean {
    return false
  }

  get writableEnded (): boolean {
    return this.#isEnded
  }

  get writableFinished (): boolean {
    return this.#thread.isFinished
  }

  get closed (): boolean {
    return this.#thread.isClosed
  }

  get destroyed (): boolean {
    return this.#thread.isClosed
  }

  write (chunk: Chunk, callback?: WriteCallback): boolean
  write (chunk: Chunk, encoding: BufferEncoding | undefined, callback?: WriteCallback): boolean
  /**
   * Passes lines to the worker: text, or bytes, cut anywhere. Returns false if you should wait for `'drain'` before writing
   * more. Calls back once the worker has written the chunk. Lines after `end` are not written, and a warning on stderr says
   * so once.
   */
  write (chunk: Chunk, encoding?: BufferEncoding | WriteCallback, callback?: WriteCallback): boolean {
    const { outbox } = this.#thread
    // Logging takes this path, so it does nothing that logging does not need.
    if (typeof chunk === 'string' && encoding === undefined && callback === undefined && !this.#isEnded) outbox.add(chunk)
    else this.#writeAny(chunk, encoding, callback)
    return !outbox.needsDrain
  }

  /**
   * Calls back once every line written so far is in the file. Calls back with an error, `ERR_ROTOR_STALLED`, if the disk has
   * not taken the lines for 2 s. They stay in memory.
   */
  flush (callback?: (error?: Error) => void): void {
    const done = callback ?? ignore
    if (this.#thread.isClosed) process.nextTick(done)
    else if (this.#isEnded) this.once('close', () => { done() })
    else this.#thread.ask('flush', () => { process.nextTick(done) }, (error) => { process.nextTick(done, error) })
  }

  /**
   * Blocks until the worker has written every line written so far, unless the disk refuses it. It blocks for 2 s at most,
   * and not at all while the disk stands still. Never throws.
   */
  flushSync (): void {
    this.#thread.flushSync()
  }

  end (callback?: WriteCallback): this
  end (chunk: Chunk, callback?: WriteCallback): this
  end (chunk: Chunk, encoding: BufferEncoding | undefined, callback?: WriteCallback): this
  /**
   * Writes all waiting lines, closes the file and ends the worker. Emits `'finish'` and `'close'`, and calls back. If the
   * disk stands still for 2 s, the waiting lines are counted as dropped, and only `'close'` is emitted.
   */
  end (chunk?: Chunk | WriteCallback, encoding?: BufferEncoding | WriteCallback, callback?: WriteCallback): this {
    const last = endArguments(chunk, encoding, callback)
    const isLate = this.#isEnded && last.chunk !== undefined
    if (last.chunk !== undefined) this.#writeAny(last.chunk, undefined, isLate ? last.callback : undefined)
    this.#isEnded = true
    if (last.callback !== undefined && !isLate) this.#callAtEnd(last.callback)
    this.#thread.end()
    return this
  }

  /** The same as `end`. Written lines are kept, and the error is not emitted. */
  destroy (_error?: Error | null): this {
    return this.end()
  }

  /**
   * Rotates once all lines written so far are in their files, including the files of all routes. Resolves to the event of
   * the main file. Resolves to null if that file is empty, or if another process rotated it first.
   *
   * @throws {RotorWorkerError} `ERR_ROTOR_BUSY`: the disk refuses writes, or another process holds the lock.
   * @throws {RotorClosedError} `ERR_ROTOR_CLOSED`: the log has ended.
   * @throws {RotorStalledError} `ERR_ROTOR_STALLED`: the disk stands still.
   */
  async rotate (): Promise<RotatedEvent | null> {
    return await this.#ask('rotate')
  }

  /**
   * Compresses waiting archives and applies the limits. Resolves when that is done. It does not wait for lines that the disk
   * refuses.
   *
   * @throws {RotorWorkerError} `ENOSPC` or `EDQUOT`: a full disk has no room for the sweep's lock, and no limit allows to make room.
   * @throws {RotorStalledError} `ERR_ROTOR_STALLED`: the disk stands still.
   */
  async sweep (): Promise<void> {
    await this.#ask('sweep')
  }

  /**
   * Uploads waiting files now, for example before a container stops. Resolves when all of them are stored or set aside.
   *
   * @throws the store's error if the first attempt fails. More attempts follow while the worker runs.
   */
  async upload (): Promise<void> {
    await this.#ask('upload')
  }

  /**
   * What `pino-rotor status --json` prints. It does not wait for lines that the disk refuses.
   *
   * @throws {RotorStalledError} `ERR_ROTOR_STALLED`: the disk stands still.
   */
  async status (): Promise<LogStatus> {
    return await this.#ask('status')
  }

  #writeAny (chunk: Chunk, encoding: unknown, callback: unknown): void {
    const given = writeArguments(chunk, encoding, callback)
    if (this.#isEnded) {
      this.#afterEnd.refuse()
      if (given.callback !== undefined) process.nextTick(given.callback, new RotorClosedError(this.#file))
      return
    }
    const { outbox } = this.#thread
    if (typeof given.chunk === 'string') outbox.add(given.chunk)
    else outbox.addBytes(given.chunk)
    if (given.callback === undefined) return
    outbox.handOver()
    this.#thread.whenRead(given.callback)
  }

  #callAtEnd (callback: WriteCallback): void {
    const call = (): void => { callback(this.#thread.failure) }
    if (this.#thread.isClosed) process.nextTick(call)
    else this.once('close', call)
  }

  async #ask<Ask extends keyof Answers> (ask: Ask): Promise<Answers[Ask]> {
    return await new Promise((resolve, reject) => { this.#thread.ask(ask, resolve, reject) })
  }
}

// The worker's side must not keep the handle alive, unless the handle waits for something.
function weakListener (transport: Transport): ThreadListener {
  const handle = new WeakRef<EventEmitter>(transport)
  let held: EventEmitter | undefined
  return {
    emit: (name, ...details) => { (held ?? handle.deref())?.emit(name, ...details) },
    listenerCount: (name) => handle.deref()?.listenerCount(name) ?? 0,
    hold: (isHeld) => { held = isHeld ? handle.deref() : undefined }
  }
}

function ignore (): void {}
