// The stream that pino writes to: the worker's side of the transport, or the in-process stream. It has the interface of a
// SonicBoom, which pino and thread-stream need. It also has that of a stream.Writable, without its machinery, which costs
// more than the write.
import { EventEmitter } from 'node:events'
import type { Clock } from './clock.js'
import { RotorClosedError, RotorOptionsError, RotorStalledError } from './errors.js'
import type { Emit, RotatedEvent, RotorEvents, Step } from './events.js'
import { retryWhileHeld } from './disk/held-files.js'
import { LinesAfterEnd } from './writable/lines-after-end.js'
import { endArguments, writeArguments, type Chunk, type WriteCallback } from './writable/stream-arguments.js'
import { JoinedLines } from './lifecycle/log/joined-lines.js'
import { LevelNames } from './lifecycle/log/level-names.js'
import { LineGatherer } from './lifecycle/log/line-gatherer.js'
import { LazyMetrics } from './lifecycle/metrics/lazy-metrics.js'
import type { Log } from './lifecycle/log/log.js'
import type { Claim } from './lifecycle/writing/line-queue.js'
import { noUserModules } from './lifecycle/log/user-modules.js'
import { SingleLog } from './lifecycle/log/single-log.js'
import { RoutedLog } from './lifecycle/log/routed-log.js'
import { beginsLongLine } from './policy/lines/line-boundary.js'
import type { LogStatus } from './policy/status/status-shape.js'
import type { Settings } from './options/settings.js'
import type { LevelNumbers } from './options/values/level-numbers.js'
import { hearLevels } from './worker/pino-config.js'

/** The events of an in-process stream: those of a transport and those of any stream. */
export interface LogStreamEvents extends RotorEvents {
  ready: []
  finish: []
  close: []
}

/** What depends on whether the stream runs in process or in a worker. */
export interface Place {
  /** False in a plain target: thread-stream ends a transport whose flush fails. */
  readonly mayFlushFail?: boolean
  /** Asks the application whether bytes may still be written. */
  readonly claim?: Claim
  /** Called after each step of work that may take long in all, such as the rotation of one log of many. */
  readonly onStep?: () => void
  /** Takes the levels that pino has told and that were not delivered yet. */
  readonly lookForLevels?: () => void
}

/** How long `flush` waits for a disk that refuses lines. */
const flushMsMax = 2_000

/**
 * A destination for pino in the calling thread. When `write` returns, the line is in the file. A process that reaches its
 * end without ending the stream stays alive until a running compression is done.
 */
export class LogStream extends EventEmitter<LogStreamEvents> {
  readonly #log: Log
  readonly #lines = new LineGatherer()
  readonly #joined: JoinedLines
  readonly #append = (lines: Buffer): void => {
    if (beginsLongLine(lines)) this.#joined.look(lines)
    this.#metrics?.countLines(lines)
    this.#levelNames?.expectLines()
    this.#log.append(lines)
  }

  readonly #metrics: LazyMetrics | null
  readonly #levelNames: LevelNames | null
  readonly #afterEnd: LinesAfterEnd
  readonly #file: string
  readonly #mayFlushFail: boolean
  #phase: 'open' | 'ending' | 'closed' = 'open'
  readonly #uploads: boolean

  /** @internal */
  constructor (settings: Settings, clock: Clock, modules = noUserModules, { mayFlushFail = true, claim, onStep = ignore, lookForLevels }: Place = {}) {
    super()
    this.#file = settings.file
    this.#mayFlushFail = mayFlushFail
    this.#afterEnd = new LinesAfterEnd(settings.file)
    this.#joined = new JoinedLines(settings.file)
    this.#uploads = [settings, ...settings.routes.map((route) => route.settings)].some(({ upload }) => upload !== null)
    // A listener runs after the write that caused the event. It also hears of events from before it was added in the same
    // tick.
    this.#metrics = settings.metricsFile === null ? null : new LazyMetrics(settings.metricsFile, () => this.#log.status())
    const emit: Emit = (name, ...args) => {
      onStep()
      this.#metrics?.count(name, args[0])
      setImmediate(() => this.emit(name, ...args as never))
    }
    this.#log = settings.routes.length === 0 ? new SingleLog(settings, clock, emit, {}, modules, claim) : new RoutedLog(settings, clock, emit, modules, { claim, onStep })
    this.#levelNames = LevelNames.of(settings, this.#log, lookForLevels)
    if (this.#levelNames !== null) hearLevels(this, (levels) => { this.nameLevels(levels) })
    setImmediate(() => this.emit('ready'))
  }

  get writable (): boolean {
    return this.#phase === 'open'
  }

  /** Always false. Nothing piles up. */
  get writableNeedDrain (): boolean {
    return false
  }

  get writableEnded (): boolean {
    return this.#phase !== 'open'
  }

  get writableFinished (): boolean {
    return this.#phase === 'closed'
  }

  get closed (): boolean {
    return this.#phase === 'closed'
  }

  get destroyed (): boolean {
    return this.#phase === 'closed'
  }

  write (chunk: Chunk, callback?: WriteCallback): boolean
  write (chunk: Chunk, encoding: BufferEncoding | undefined, callback?: WriteCallback): boolean
  /**
   * Appends log lines: text, or bytes, cut anywhere. An unfinished line waits for its newline, up to 16 MiB; a longer one is written
   * in parts. Always returns true, because nothing piles up. Lines after `end` are not written, and a warning on stderr says so once.
   */
  write (chunk: Chunk, encoding?: BufferEncoding | WriteCallback, callback?: WriteCallback): boolean {
    const isLate = this.#phase !== 'open'
    // pino and thread-stream take this path, so it does nothing that they do not need.
    if (typeof chunk === 'string' && encoding === undefined && callback === undefined && !isLate) {
      this.#lines.add(chunk, this.#append)
      return true
    }
    const given = writeArguments(chunk, encoding, callback)
    if (isLate) this.#afterEnd.refuse()
    else this.#lines.add(given.chunk, this.#append)
    if (given.callback !== undefined) process.nextTick(given.callback, isLate ? new RotorClosedError(this.#file) : null)
    return true
  }

  // The parameter has no default, because thread-stream takes a flush without parameters for a synchronous one.
  /**
   * Calls back once every line written so far is in the file, or was given up because the disk refused it. Calls back with
   * an error, `ERR_ROTOR_STALLED`, if neither has happened within 2 s. A plain target cannot pass this error to pino, and
   * calls back without it.
   */
  flush (callback?: (error?: Error) => void): void {
    const timer = setTimeout(() => {
      settle = ignore
      if (this.#mayFlushFail) callback?.(new RotorStalledError(this.#file))
      else callback?.()
    }, flushMsMax)
    let settle = (): void => {
      clearTimeout(timer)
      callback?.()
    }
    this.#log.whenWritten(() => { settle() })
  }

  /** Does nothing. Accepted lines are already in the file, and an application should not wait for refused ones. */
  flushSync (): void {}

  /**
   * Rotates now, including the files of all routes. Resolves to the event of the main file. Resolves to null if that file is
   * empty, or if another process rotated it first.
   */
  async rotate (): Promise<RotatedEvent | null> {
    return await retryWhileHeld(() => this.#log.rotate())
  }

  /** Compresses waiting archives and applies the limits. Resolves when that is done. */
  async sweep (): Promise<void> {
    await this.#log.sweep()
  }

  /**
   * Uploads waiting files now, for example before a container stops. Resolves when all of them are stored or set aside.
   *
   * @throws the store's error if the first attempt fails. More attempts follow while the log is open.
   */
  async upload (): Promise<void> {
    if (!this.#uploads) throw new RotorOptionsError([{ path: 'upload', expected: 'the address of a store, because an upload was asked for', received: 'false' }])
    await this.#log.upload()
  }

  /** What `pino-rotor status --json` prints. */
  async status (): Promise<LogStatus> {
    return await this.#log.status()
  }

  /** @internal Finds out what `rotate` needs to know, while lines are still written. */
  async prepareRotation (): Promise<void> {
    await this.#log.prepareRotation()
  }

  /** @internal Writes the start of an unfinished line without waiting for its newline. Its rest follows it in the same file. */
  writeUnfinished (): void {
    this.#lines.finish(this.#append)
  }

  /** @internal Reports an error of a module that happened outside the calls to it. */
  failModule ({ step, path, file }: { readonly step: Step, readonly path: string, readonly file: string }, error: unknown): void {
    this.#log.fail(step, error, path, file)
  }

  end (callback?: WriteCallback): this
  end (chunk: Chunk, callback?: WriteCallback): this
  end (chunk: Chunk, encoding: BufferEncoding | undefined, callback?: WriteCallback): this
  /** Writes all waiting lines and closes the file. Emits `'finish'` and `'close'`, and calls back. */
  end (chunk?: Chunk | WriteCallback, encoding?: BufferEncoding | WriteCallback, callback?: WriteCallback): this {
    const last = endArguments(chunk, encoding, callback)
    const isLate = this.#phase !== 'open' && last.chunk !== undefined
    if (last.chunk !== undefined) this.write(last.chunk, isLate ? last.callback : undefined)
    if (last.callback !== undefined && !isLate) this.#callAtEnd(last.callback)
    if (this.#phase !== 'open') return this
    this.#phase = 'ending'
    this.#lines.finish(this.#append)
    void this.#log.close().then(() => this.#metrics?.close()).then(() => {
      setImmediate(() => {
        this.#phase = 'closed'
        this.emit('finish')
        this.emit('close')
      })
    })
    return this
  }

  /** The same as `end`. Written lines are kept, and the error is not emitted. */
  destroy (_error?: Error | null): this {
    return this.end()
  }

  /** @internal Takes the numbers of the logger's levels. */
  nameLevels (levels: LevelNumbers): void {
    this.#levelNames?.tell(levels)
  }

  #callAtEnd (callback: WriteCallback): void {
    if (this.#phase === 'closed') process.nextTick(callback, null)
    else this.once('finish', () => { callback(null) })
  }
}

function ignore (): void {}
