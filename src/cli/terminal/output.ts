// Writes standard output with asynchronous calls that wait for the reader. process.stdout would block the process on a pipe,
// and lose its queue when the process exits.
import { write } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { errnoOf } from '../../disk/errno.js'
import { reopenedPipe } from '../../platform/reopened-pipe.js'

const writeTo = promisify(write)

/** The pause before writing again to what cannot be made to wait. */
const pauseMs = 1

/** The reader is gone, as after `| head`. This is not a failure. Nothing is left to do. */
export class OutputClosedError extends Error {
  override readonly name = 'OutputClosedError'
}

export class Output {
  #descriptor: number
  readonly #beforeWrite: () => void
  #mayReopen = true

  /** `beforeWrite` is called before each write. */
  constructor (descriptor: number, beforeWrite: () => void = () => {}) {
    this.#descriptor = descriptor
    this.#beforeWrite = beforeWrite
  }

  /**
   * Writes everything, and resolves when the reader has room for more. Rejects with OutputClosedError if the reader is gone.
   */
  async write (content: string | Buffer): Promise<void> {
    let rest = typeof content === 'string' ? Buffer.from(content) : content
    if (rest.length > 0) this.#beforeWrite()
    while (rest.length > 0) rest = rest.subarray(await this.#writeSome(rest))
  }

  async #writeSome (bytes: Buffer): Promise<number> {
    try {
      return (await writeTo(this.#descriptor, bytes)).bytesWritten
    } catch (error) {
      if (errnoOf(error) === 'EPIPE') throw new OutputClosedError()
      if (errnoOf(error) !== 'EAGAIN') throw error
      await this.#wait()
      return 0
    }
  }

  // Another process that shares the pipe made it non-blocking, for both. Linux opens the same pipe once more, and that way waits.
  async #wait (): Promise<void> {
    const reopened = this.#mayReopen ? reopenedPipe(this.#descriptor) : null
    this.#mayReopen = false
    if (reopened === null) await setTimeout(pauseMs)
    else this.#descriptor = reopened
  }
}
