// Loads a log's uploader and its client when they are first needed. A log without the option `upload` loads nothing of it.
import { RotorClosedError } from '../../errors.js'
import type { UploadMemory } from './upload-record-file.js'
import type { Uploader, UploaderContext } from './uploader.js'

export class LazyUploader {
  /** What is known to be stored although the disk did not take the record. */
  readonly memory: UploadMemory = { unsaved: null }
  readonly #context: Omit<UploaderContext, 'memory'>
  #loading: Promise<Uploader> | null = null
  #isClosed = false

  constructor (context: Omit<UploaderContext, 'memory'>) {
    this.#context = context
  }

  /** Requests an upload of what waits, without awaiting it. */
  async request (): Promise<void> {
    if (this.#isClosed) return
    try {
      (await this.#load()).request()
    } catch (error) {
      // A bundler left the file out. That is no failure of the sweep.
      const { health, settings } = this.#context
      health.failed('upload', error, settings.file, 0)
    }
  }

  /** Uploads what waits now. Resolves when all of it is stored or set aside. Rejects with the first failure. */
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
    this.#loading ??= import('./uploader.js').then(({ Uploader }) => new Uploader({ ...this.#context, memory: this.memory }))
    return await this.#loading
  }
}
