// The application's side: a handle on a thread-stream worker with typed events and requests. Lines of one tick are handed
// over as one string, which costs the application less than one by one and delays none of them: thread-stream itself
// begins to send only when the tick is over.
import { EventEmitter } from 'node:events'
import { register, registerBeforeExit, unregister } from 'on-exit-leak-free'
import ThreadStream from 'thread-stream'
import { openFailedEvent, replyEvent, type Answers, type Reply, type Request } from './worker/channel.js'
import { RotorWorkerError, type ErrorFacts } from './errors.js'
import type { RotatedEvent, RotorEvents } from './events.js'
import { LateLines } from './handle/late-lines.js'
import type { LogStatus } from './policy/status/status-shape.js'
import type { Settings } from './options/settings.js'

/** The events of a transport: those of the log and those of any stream. */
export interface TransportEvents extends RotorEvents {
  /** The log is open. */
  ready: []
  drain: []
  finish: []
  close: []
  /** The log could not be opened. Nothing that happens later is an error to the application. */
  error: [Error]
}

/** What thread-stream has and its types leave out. */
type Thread = ThreadStream & { ref: () => void, unref: () => void, readonly closed: boolean, readonly writable: boolean, readonly writableNeedDrain: boolean }

interface Pending { readonly resolve: (answer: never) => void, readonly reject: (error: Error) => void }

/** Gathered lines are handed over early once they are this long, so that memory and backpressure stay as they were. */
const gatheredLengthMax = 64 * 1024
const passedOn = ['drain', 'finish', 'rotated', 'compressed', 'bundled', 'removed', 'failed', 'dropped', 'recovered'] as const

/** A destination for pino whose files are written by a worker thread. */
export class Transport extends EventEmitter<TransportEvents> {
  readonly #thread: Thread
  readonly #pending = new Map<number, Pending>()
  readonly #handOver = (): void => { this.#handOverNow() }
  readonly #late: LateLines
  #isEnded = false
  #gathered = ''
  #isGathering = false
  #lastId = 0
  #isReady = false
  #openFailure: ErrorFacts | null = null

  /** @internal */
  constructor (settings: Settings, workerFile: string) {
    super()
    this.#late = new LateLines(settings.file)
    this.#thread = new ThreadStream({
      filename: workerFile,
      workerData: { settings },
      workerOpts: { name: `pino-rotor ${settings.file}` }
    }) as Thread
    this.#passEventsOn()
    this.#endWithProcess()
  }

  get writable (): boolean {
    return this.#thread.writable
  }

  /** Whether `'drain'` should be awaited before more is written. */
  get writableNeedDrain (): boolean {
    return this.#thread.writableNeedDrain
  }

  /**
   * Hands a line over to the worker. False where `'drain'` should be awaited before more is written. A line that comes after
   * `end` is not written; a warning on stderr says so once.
   */
  write (line: string): boolean {
    if (this.#isEnded) {
      this.#late.refuse()
      return true
    }
    if (this.#isGathering) {
      this.#gathered += line
      if (this.#gathered.length >= gatheredLengthMax) this.#handOverNow()
      return !this.#thread.writableNeedDrain
    }
    // The first line goes ahead and makes thread-stream send when the tick is over; the rest joins it just before that.
    this.#isGathering = true
    setImmediate(this.#handOver)
    return this.#thread.write(line)
  }

  /** Calls back once every line written so far is in the file. */
  flush (callback?: (error?: Error) => void): void {
    this.#handOverGathered()
    this.#thread.flush(callback ?? ignore)
  }

  /** Blocks until the worker has taken every line written so far and written it, unless the disk refuses it. */
  flushSync (): void {
    this.#handOverGathered()
    this.#thread.flushSync()
  }

  /** Writes what waits, closes the file and ends the worker. Emits `'finish'` and `'close'`. */
  end (): void {
    this.#handOverGathered()
    this.#isEnded = true
    // Whoever awaits 'close' gets it, although nothing else may keep the process alive.
    this.#thread.ref()
    this.#thread.end()
  }

  /**
   * Rotates once all lines written so far are in their file, the files of all routes included. Resolves to the event of the
   * main file, or to null where that is empty.
   */
  async rotate (): Promise<RotatedEvent | null> {
    return await this.#ask('rotate')
  }

  /** Compresses what waits and applies the limits; resolves when that is done. */
  async sweep (): Promise<void> {
    await this.#ask('sweep')
  }

  /** What `pino-rotor status --json` prints. */
  async status (): Promise<LogStatus> {
    return await this.#ask('status')
  }

  #handOverNow (): void {
    this.#isGathering = false
    this.#handOverGathered()
  }

  #handOverGathered (): void {
    if (this.#gathered === '') return
    const lines = this.#gathered
    this.#gathered = ''
    this.#thread.write(lines)
  }

  // Requests and lines travel separate ways: the lines written before must have arrived before the request sets out.
  async #ask<Ask extends keyof Answers> (ask: Ask): Promise<Answers[Ask]> {
    const id = ++this.#lastId
    const answer = new Promise<Answers[Ask]>((resolve, reject) => { this.#pending.set(id, { resolve, reject }) })
    this.#thread.ref()
    this.flush((error) => {
      if (error === undefined) this.#thread.emit('message', { rotor: true, id, ask } satisfies Request)
      else this.#settle({ id, error: { name: 'Error', message: error.message } })
    })
    return await answer
  }

  #settle (reply: Reply): void {
    const pending = this.#pending.get(reply.id)
    this.#pending.delete(reply.id)
    if (this.#isReady) this.#letProcessGo()
    if ('error' in reply) pending?.reject(new RotorWorkerError(reply.error))
    else pending?.resolve(reply.answer as never)
  }

  #passEventsOn (): void {
    for (const name of passedOn) this.#thread.on(name, (...details) => this.emit(name, ...details as never))
    this.#thread.on(replyEvent, (reply: Reply) => { this.#settle(reply) })
    this.#thread.on(openFailedEvent, (failure: ErrorFacts) => { this.#openFailure = failure })
    this.#thread.on('error', (error: Error) => {
      this.emit('error', this.#openFailure === null ? error : new RotorWorkerError(this.#openFailure))
    })
    this.#thread.on('close', () => {
      for (const id of this.#pending.keys()) this.#settle({ id, error: { name: 'Error', message: 'the worker has ended' } })
      this.emit('close')
    })
  }

  // The same care that pino takes of its transports: the worker does not keep the process alive, and what was logged is
  // written however the process comes to its end.
  #endWithProcess (): void {
    const endEarly = (): void => { this.#endBeforeReady() }
    process.on('exit', endEarly)
    this.#thread.on('ready', () => {
      this.#isReady = true
      process.off('exit', endEarly)
      this.#letProcessGo()
      register<Transport>(this, (transport) => { transport.#endAtExit() })
      registerBeforeExit<Transport>(this, (transport) => { transport.flushSync() })
      this.emit('ready')
    })
    this.#thread.on('close', () => {
      process.off('exit', endEarly)
      unregister(this)
    })
  }

  // Whoever has asked for an answer or for the end waits for it.
  #letProcessGo (): void {
    if (this.#pending.size === 0 && this.#thread.writable) this.#thread.unref()
  }

  #endAtExit (): void {
    this.flushSync()
    this.end()
  }

  // The worker is still starting: it takes the lines from shared memory as soon as it runs.
  #endBeforeReady (): void {
    if (this.#thread.closed) return
    this.flushSync()
    this.end()
  }
}

function ignore (): void {}
