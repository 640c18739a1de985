// The uploader of a log, loaded with its client when it is first needed: a log without the option loads nothing of it.
import { RotorClosedError } from '../../errors.js'
import type { Uploader, UploaderContext } from './uploader.js'

export class LazyUploader {
  readonly #context: UploaderContext
  #loading: Promise<Uploader> | null = null
  #isClosed = false

  constructor (context: UploaderContext) {
    this.#context = context
  }

  /** Asks for an upload of what waits, and waits for nothing. */
  async request (): Promise<void> {
    if (this.#isClosed) return
    try {
      (await this.#load()).request()
    } catch (error) {
      // A bundler left the file behind. That is no failure of the sweep.
      const { health, settings } = this.#context
      health.failed('upload', error, settings.file, 0)
    }
  }

  /** Uploads what waits now. Resolves when all of it is stored or set aside, and rejects with the first failure. */
  async upload (): Promise<void> {
    if (this.#isClosed) throw new RotorClosedError(this.#context.settings.file)
    await (await this.#load()).upload()
  }

  /** Stops at once. */
  async close (): Promise<void> {
    this.#isClosed = true
    await (await this.#loading)?.close()
  }

  async #load (): Promise<Uploader> {
    this.#loading ??= import('./uploader.js').then(({ Uploader }) => new Uploader(this.#context))
    return await this.#loading
  }
}
