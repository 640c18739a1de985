// Writes standard output with asynchronous calls that wait for the reader. process.stdout would block the process on a pipe,
// and lose its queue when the process exits.
import { write } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { errnoOf } from '../../disk/errno.js'

const writeTo = promisify(write)

/** The pause before writing again to a terminal or pipe that another process made non-blocking. */
const pauseMs = 5

/**
 * The reader is gone, as after `
 * head`. This is not a failure. Nothing is left to do.
 */
export class OutputClosedError extends Error {
  override readonly name = 'OutputClosedError'
}

export class Output {
  readonly #descriptor: number

  constructor (descriptor: number) {
    this.#descriptor = descriptor
  }

  /**
   * Writes everything, and resolves when the reader has room for more. Rejects with OutputClosedError if the reader is gone.
   */
  async write (content: string | Buffer): Promise<void> {
    let rest = typeof content === 'string' ? Buffer.from(content) : content
    while (rest.length > 0) rest = rest.subarray(await this.#writeSome(rest))
  }

  async #writeSome (bytes: Buffer): Promise<number> {
    try {
      return (await writeTo(this.#descriptor, bytes)).bytesWritten
    } catch (error) {
      if (errnoOf(error) === 'EPIPE') throw new OutputClosedError()
      if (errnoOf(error) !== 'EAGAIN') throw error
      await setTimeout(pauseMs)
      return 0
    }
  }
}
