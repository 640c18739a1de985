// Forwards a log in a thread of its own. Making records takes a good part of a processor while lines come in fast, so the thread has a
// low priority and rests often: the application and the log's own thread go first. A user's module may hold up its thread for as long as
// it wants, and no line waits for it. A thread that dies, for example because it has run out of memory, is started anew after a pause.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { WorkerOptions } from 'node:worker_threads'
import { codeAndMessage } from '../../disk/errno.js'
import type { RotorEvents } from '../../events.js'
import { ForwardError } from '../../forward/forward-error.js'
import type { Forwarding, Settings } from '../../options/settings.js'
import { GatedWorker } from '../../platform/ending-gate.js'
import { resolverFlags, threadOptions } from '../../platform/thread-options.js'
import { forwardPauseMs } from '../../policy/forwarding/answer.js'
import type { Cursor } from '../../policy/forwarding/cursor.js'
import { Alarm } from '../alarm.js'
import type { ForwarderContext } from './forwarder.js'

/** What the thread is started with. */
export interface ForwardingTask {
  readonly settings: Settings
  readonly present: Cursor
}

/** An event of the log, with its details; or that forwarding works in this thread, once. */
export type ForwardingNews = { readonly [Name in keyof RotorEvents]: readonly [Name, ...RotorEvents[Name]] }[keyof RotorEvents] | 'works'

/** How long the end waits for a thread whose module does not let it go. */
const endingMs = 500

/** A thread that has lived this long has not died of its start. */
const standingMs = 60_000

// Turbopack takes `new Worker` with a computed path for an import of every file beside this one, including types.
class ForwardingWorker extends GatedWorker {
  constructor (file: string, task: ForwardingTask) {
    super(file, { name: 'pino-rotor forwarding', workerData: task, ...flagsFor(task.settings.forward) })
  }
}

export class ThreadedForwarder {
  readonly #file: string
  readonly #context: ForwarderContext
  readonly #again: Alarm
  #worker: ForwardingWorker
  #ended = Promise.resolve()
  #begunMs = 0
  #deaths = 0
  #isClosed = false

  /** Begins to forward; null if no thread can do that for this log. */
  static start (context: ForwarderContext): ThreadedForwarder | null {
    const file = besideThisModule(import.meta.url)
    if (file === null || !existsSync(file)) return null
    try {
      return new ThreadedForwarder(file, context)
    } catch {
      return null // A sandbox may forbid threads, and a user's compressor cannot be passed to one.
    }
  }

  private constructor (file: string, context: ForwarderContext) {
    this.#file = file
    this.#context = context
    this.#again = new Alarm(context.clock.monotonic, () => { this.#startAgain() })
    this.#worker = this.#begin()
  }

  /** Stops at once. The next start sends the rest. */
  async close (): Promise<void> {
    this.#isClosed = true
    this.#again.clear()
    this.#worker.ref()
    this.#worker.postMessage('close')
    const worker = this.#worker
    const impatience = this.#context.forwarding.place.kind === 'module' ? setTimeout(() => { void worker.end() }, endingMs) : undefined
    await this.#ended
    clearTimeout(impatience)
  }

  #begin (): ForwardingWorker {
    const { settings, present, clock } = this.#context
    this.#begunMs = clock.monotonic()
    const worker = new ForwardingWorker(this.#file, { settings: { ...settings, routes: [] }, present })
    worker.unref()
    worker.on('message', (news: ForwardingNews) => { this.#take(news) })
    let reason = new ForwardError(threadEnded, 'the thread that forwards has ended')
    worker.on('error', (error) => { reason = endedBy(error) })
    // `once` of node:events would reject at an error, with no one there to catch it.
    this.#ended = new Promise((resolve) => {
      worker.once('exit', () => {
        resolve()
        if (!this.#isClosed) this.#pauseAfter(reason)
      })
    })
    return worker
  }

  #take (news: ForwardingNews): void {
    const { emit, health } = this.#context
    if (news !== 'works') {
      const [name, ...details] = news
      emit(name, ...details)
      return
    }
    health.succeeded('forward')
  }

  #pauseAfter (reason: unknown): void {
    const { health, settings, clock } = this.#context
    if (clock.monotonic() - this.#begunMs >= standingMs) this.#deaths = 0
    const pauseMs = forwardPauseMs(++this.#deaths, null)
    health.failed('forward', reason, settings.file, pauseMs)
    this.#again.setAt(clock.monotonic() + pauseMs)
  }

  #startAgain (): void {
    try {
      this.#worker = this.#begin()
    } catch (error) {
      this.#pauseAfter(endedBy(error))
    }
  }
}

const threadEnded = 'ERR_ROTOR_FORWARD_THREAD'

/** The error of a thread that has died, or could not be started. Most errors of code have no code. */
function endedBy (error: unknown): ForwardError {
  const { code, message } = codeAndMessage(error)
  return new ForwardError(code === 'UNKNOWN' ? threadEnded : code, `the thread that forwards has ended: ${message}`)
}

// A user's module may need the flags that the application was started with, such as a loader's.
function flagsFor (forwarding: Forwarding | null): Pick<WorkerOptions, 'execArgv' | 'env'> {
  return forwarding?.place.kind === 'module' ? threadOptions([forwarding.place.module]) : { ...threadOptions([]), execArgv: resolverFlags() }
}

// Bundlers take the file for an asset if they see its address in one expression. CommonJS bundles leave import.meta empty, although its
// type says otherwise.
function besideThisModule (url: string | undefined): string | null {
  return url === undefined ? null : fileURLToPath(new URL('./forwarding-thread.js', url))
}
