// Loads a log's forwarder and its sender when the log uses the option `forward`. Other logs load nothing of it.
import type { Forwarder, ForwarderContext } from './forwarder.js'

export class LazyForwarder {
  readonly #loading: Promise<Forwarder>
  #isClosed = false

  /** Begins to forward as soon as it is loaded. */
  constructor (context: ForwarderContext) {
    this.#loading = import('./forwarder.js').then(({ Forwarder }) => {
      const forwarder = new Forwarder(context)
      if (!this.#isClosed) forwarder.start()
      return forwarder
    })
    // A missing file, left out by a bundler, is no reason to stop logging.
    this.#loading.catch((error: unknown) => { context.health.failed('forward', error, context.settings.file, 0) })
  }

  /** Stops at once. The next start sends the rest. */
  async close (): Promise<void> {
    this.#isClosed = true
    await this.#loading.then(async (forwarder) => { await forwarder.close() }, () => {})
  }
}
