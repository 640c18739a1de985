// The forwarder of a log, loaded with what it sends by: a log without the option loads nothing of it.
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
    // A file that a bundler left behind is no reason to stop logging.
    this.#loading.catch((error: unknown) => { context.health.failed('forward', error, context.settings.file, 0) })
  }

  /** Stops at once. What was not sent is sent by the next start. */
  async close (): Promise<void> {
    this.#isClosed = true
    await this.#loading.then(async (forwarder) => { await forwarder.close() }, () => {})
  }
}
