// Forwards a log in a thread of its own. Making records takes a good part of a processor while lines come in fast, so the thread has a
// low priority and rests often: the application and the log's own thread go first.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { RotorEvents } from '../../events.js'
import type { Settings } from '../../options/settings.js'
import { resolverFlags, threadOptions } from '../../platform/thread-options.js'
import type { Cursor } from '../../policy/forwarding/cursor.js'
import type { ForwarderContext } from './forwarder.js'

/** What the thread is started with. */
export interface ForwardingTask {
  readonly settings: Settings
  readonly present: Cursor
}

/** An event of the log, with its details. */
export type ForwardingNews = { readonly [Name in keyof RotorEvents]: readonly [Name, ...RotorEvents[Name]] }[keyof RotorEvents]

export class ThreadedForwarder {
  readonly #worker: Worker
  readonly #ended: Promise<unknown>

  /** Begins to forward; null if no thread can do that for this log. */
  static start (context: ForwarderContext): ThreadedForwarder | null {
    const file = fileURLToPath(new URL('./forwarding-thread.js', import.meta.url))
    if (context.forwarding.place.kind === 'module' || !existsSync(file)) return null
    try {
      return new ThreadedForwarder(file, context)
    } catch {
      return null // A sandbox may forbid threads, and a user's compressor cannot be passed to one.
    }
  }

  private constructor (file: string, { settings, present, emit, health }: ForwarderContext) {
    const workerData: ForwardingTask = { settings: { ...settings, routes: [] }, present }
    this.#worker = new Worker(file, { name: 'pino-rotor forwarding', workerData, ...threadOptions([]), execArgv: resolverFlags() })
    this.#worker.unref()
    this.#worker.on('message', ([name, ...details]: ForwardingNews) => { emit(name, ...details) })
    this.#worker.on('error', (error) => { health.failed('forward', error, settings.file, 0) })
    // `once` of node:events would reject at an error, with no one there to catch it.
    this.#ended = new Promise((resolve) => { this.#worker.once('exit', resolve) })
  }

  /** Stops at once. The next start sends the rest. */
  async close (): Promise<void> {
    this.#worker.ref()
    this.#worker.postMessage('close')
    await this.#ended
  }
}
