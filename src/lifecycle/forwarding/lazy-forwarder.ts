// Loads a log's forwarder and its sender when the log uses the option `forward`. Other logs load nothing of it.
import type { ForwarderContext } from './forwarder.js'

export class LazyForwarder {
  readonly #loading: Promise<{ readonly close: () => Promise<void> }>

  /** Begins to forward as soon as it is loaded, in a thread of its own if one can be started. */
  constructor (context: ForwarderContext) {
    this.#loading = start(context)
    // A missing file, left out by a bundler, is no reason to stop logging.
    this.#loading.catch((error: unknown) => { context.health.failed('forward', error, context.settings.file, 0) })
  }

  /** Stops at once. The next start sends the rest. */
  async close (): Promise<void> {
    await this.#loading.then(async (forwarder) => { await forwarder.close() }, () => {})
  }
}

async function start (context: ForwarderContext): Promise<{ readonly close: () => Promise<void> }> {
  const { ThreadedForwarder } = await import('./threaded-forwarder.js')
  const threaded = ThreadedForwarder.start(context)
  if (threaded !== null) return threaded
  const { Forwarder } = await import('./forwarder.js')
  const forwarder = new Forwarder(context)
  forwarder.start()
  return forwarder
}
