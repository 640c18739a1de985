// The application's side of one worker: the lines on their way to it, the requests that it has not answered, and its phases
// from starting to closed. It knows the user's handle only through a listener. It can therefore outlive the handle: it then
// writes the lines that it has, and ends.
import type { Clock } from '../clock.js'
import { RotorClosedError, RotorStalledError, RotorWorkerError } from '../errors.js'
import type { Settings } from '../options/settings.js'
import type { LevelNumbers } from '../options/values/level-numbers.js'
import { isMessage, type Answers, type LevelNews, type Message, type Ping, type Request } from '../worker/channel.js'
import { phases } from '../worker/shared-memory.js'
import { forgetExit, surviveExit } from './exit-care.js'
import { HandleHealth } from './handle-health.js'
import { LogWorker } from './log-worker.js'
import { Outbox } from './outbox.js'
import { Patience } from './patience.js'
import { ReadMarks, type Callback } from './read-marks.js'
import { Requests } from './requests.js'
import { ringBytesFor, RingWriter } from './ring-writer.js'
import { lookEveryMs, StallWatch } from './stall-watch.js'
import { ThreadExit } from './thread-exit.js'
import { waitBudgets } from './wait-budget.js'

/** The user's handle, as its worker uses it. */
export interface ThreadListener {
  emit: (name: string, ...details: unknown[]) => void
  listenerCount: (name: string) => number
  /** Whether to keep the handle alive, even if the application no longer refers to it. */
  hold: (isHeld: boolean) => void
}

type Phase = 'starting' | 'open' | 'ending' | 'closed'

export class LogThread {
  readonly outbox: Outbox
  readonly #settings: Settings
  readonly #clock: Clock
  readonly #listener: ThreadListener
  readonly #worker: LogWorker
  readonly #ring: RingWriter
  readonly #requests = new Requests()
  readonly #marks = new ReadMarks()
  readonly #health: HandleHealth
  readonly #watch: StallWatch
  readonly #exit: ThreadExit
  #phase: Phase = 'starting'
  #askedRequests = 0
  #progressAtStall = 0
  #isOpened = false
  #isFinished = false
  #failure: Error | null = null

  /** Starts the worker. */
  constructor (settings: Settings, workerFile: string, clock: Clock, listener: ThreadListener) {
    this.#settings = settings
    this.#clock = clock
    this.#listener = listener
    this.#health = new HandleHealth(settings, clock, (name, details) => { listener.emit(name, details) })
    this.#ring = new RingWriter(ringBytesFor(settings.bufferBytesMax))
    this.outbox = this.#makeOutbox()
    this.#exit = new ThreadExit({
      file: settings.file, ring: this.#ring, outbox: this.outbox, health: this.#health, isFailed: () => this.#failure !== null
    })
    this.#watch = new StallWatch({
      isWaiting: () => this.outbox.outstandingBytes > 0 || this.#requests.count > 0 || this.#health.isFailing || this.#phase === 'ending',
      isStarting: () => this.#ring.phase === phases.starting,
      progress: () => this.#progress,
      onLook: () => { this.#look() },
      onStandstill: () => { this.#stall() }
    })
    this.#worker = new LogWorker(workerFile, settings, this.#ring.memory)
    this.#listen()
    listener.hold(true)
    surviveExit(this.#exit, clock.monotonic)
  }

  get isClosed (): boolean {
    return this.#phase === 'closed'
  }

  get isFinished (): boolean {
    return this.#isFinished
  }

  /** Why the log was closed without having written everything; null if it has. */
  get failure (): Error | null {
    return this.#isFinished ? null : this.#failure ?? this.#stalledError()
  }

  /** Calls back once the worker has read everything accepted so far. */
  whenRead (callback: Callback): void {
    if (this.outbox.isDropping) {
      process.nextTick(callback, this.#failure ?? this.#stalledError())
      return
    }
    this.#marks.add(this.outbox.position, callback)
    this.#awaitRoom()
  }

  /** Sends a request. The worker answers once it has read the lines accepted before. */
  ask<Ask extends keyof Answers> (ask: Ask, resolve: (answer: Answers[Ask]) => void, reject: (error: Error) => void): void {
    if (this.#phase === 'ending' || this.#phase === 'closed') {
      reject(new RotorClosedError(this.#settings.file))
      return
    }
    this.outbox.handOver()
    const id = this.#requests.add(resolve, reject)
    this.#send({ id, ask, position: this.outbox.position })
    this.#watch.begin()
    this.#holdWhatWaits()
  }

  /** Passes on the levels of a logger. The worker knows them before it reads later lines. */
  nameLevels (levels: LevelNumbers): void {
    if (this.#phase === 'closed') return
    this.#send({ levels })
    this.#ring.announceLevels()
  }

  /** Blocks until the worker has written everything accepted so far, for 2 s at most. */
  flushSync (): void {
    this.outbox.handOver()
    this.#exit.writeOut(new Patience(this.#clock.monotonic))
    if (this.outbox.outstandingBytes > 0 && this.#ring.phase <= phases.open) this.#stall()
    this.#goOn()
  }

  /** Lets the worker write everything accepted, close the file and end. */
  end (): void {
    if (this.#phase === 'ending' || this.#phase === 'closed') return
    this.#phase = 'ending'
    this.outbox.handOver(true)
    this.#watch.begin()
    this.#goOn()
  }

  #makeOutbox (): Outbox {
    const budgets = waitBudgets(this.#clock.monotonic)
    return new Outbox(this.#ring, this.#settings.bufferBytesMax, () => this.#ring.phase === phases.starting ? budgets.atStart : budgets.later, {
      onLines: () => {
        this.#watch.begin()
        this.#exit.writeLateLines()
      },
      onWaiting: () => { this.#awaitRoom() },
      onDropped: (loss) => { this.#health.dropped(loss) },
      onNoRoom: () => { this.#stall() }
    })
  }

  #listen (): void {
    this.#worker.on('message', (message: unknown) => { if (isMessage(message)) this.#hear(message) })
    this.#worker.on('error', (error: Error) => { this.#fail(error) })
    this.#worker.on('exit', () => { this.#endWithWorker() })
  }

  #hear (message: Message): void {
    switch (message.is) {
      case 'ready':
        this.#isOpened = true
        if (this.#phase === 'starting') this.#phase = 'open'
        this.#listener.emit('ready')
        break
      case 'room': break
      case 'finish':
        this.#isFinished = true
        this.#listener.emit('finish')
        break
      case 'failure': this.#fail(new RotorWorkerError(message.facts)); break
      case 'reply': this.#requests.settle(message.reply); break
      case 'event': this.#listener.emit(message.name, message.details); break
    }
    this.#goOn()
  }

  // Called wherever the worker may have made progress.
  #goOn (): void {
    this.outbox.pump()
    this.#marks.callDue(this.outbox.readPosition)
    this.#recover()
    if (this.#phase === 'ending' && !this.outbox.isQueueing) this.#ring.end()
    if (this.outbox.hasDrained()) this.#listener.emit('drain')
    if (this.outbox.isWaiting || this.#marks.count > 0) this.#awaitRoom()
    else this.#holdWhatWaits()
  }

  #awaitRoom (): void {
    this.#ring.askForRoom()
    this.#holdWhatWaits()
    // If the worker had read everything before it could see the request, it sends no message.
    if (this.#ring.unreadBytes === 0 && this.#ring.phase < phases.failed) setImmediate(() => { this.#goOn() })
  }

  #look (): void {
    this.#health.announce()
    if (this.#requests.count > 0 && this.#ring.heardRequests === this.#askedRequests) this.#send({ ping: true })
    this.#goOn()
  }

  #send (message: Request | Ping | LevelNews): void {
    this.#askedRequests++
    this.#worker.postMessage(message)
  }

  get #progress (): number {
    return this.#ring.workerSteps
  }

  #stall (): void {
    if (this.#phase === 'closed') return
    if (!this.#health.isFailing) {
      this.#progressAtStall = this.#progress
      this.outbox.stall()
      this.#health.failed('ERR_ROTOR_STALLED', this.#stalledError().message, lookEveryMs)
    }
    this.#rejectAll(this.#stalledError())
    this.#ring.askForRoom()
    if (this.#phase === 'ending') this.#close()
    else this.#holdWhatWaits()
  }

  #recover (): void {
    if (!this.#health.isFailing || this.#failure !== null || this.#phase === 'closed' || this.#progress === this.#progressAtStall || !this.outbox.hasRoomAgain) return
    this.outbox.flow()
    this.#health.recovered()
  }

  // The application gets an 'error' only if the log could not be opened. Later failures are 'failed' events.
  #fail (error: Error): void {
    if (this.#failure !== null) return
    this.#failure = error
    this.outbox.close()
    this.#rejectAll(error)
    void this.#worker.terminate()
    if (!this.#isOpened) this.#listener.emit('error', error)
    else this.#health.failed('ERR_ROTOR_WORKER', error.message, 0)
  }

  #endWithWorker (): void {
    if (this.#phase === 'closed') return
    if (!this.#isFinished) this.#fail(new RotorWorkerError({ name: 'Error', message: 'the worker has ended' }))
    this.#close()
  }

  // A worker whose disk stands still cannot be ended. It is left behind, and stops before the lines that were taken back.
  #close (): void {
    this.#phase = 'closed'
    this.#watch.end()
    this.outbox.close()
    this.#health.announce()
    this.#rejectAll(this.failure ?? new RotorClosedError(this.#settings.file))
    forgetExit(this.#exit)
    this.#worker.unref()
    this.#listener.emit('close')
    this.#listener.hold(false)
  }

  #rejectAll (error: Error): void {
    this.#requests.rejectAll(error)
    this.#marks.failAll(error)
  }

  // A pending request, callback or 'drain' keeps the process and the handle alive.
  #holdWhatWaits (): void {
    if (this.#phase === 'closed') return
    const isHeld = this.#phase !== 'open' || this.#requests.count > 0 || this.#marks.count > 0 ||
      (this.outbox.isWaiting && (!this.#health.isFailing || this.#listener.listenerCount('drain') > 0))
    if (isHeld) this.#worker.ref()
    else this.#worker.unref()
    this.#listener.hold(isHeld)
  }

  #stalledError (): RotorStalledError {
    return new RotorStalledError(this.#settings.file)
  }
}
