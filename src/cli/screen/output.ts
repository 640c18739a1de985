// Standard output. It is written by asynchronous calls that wait for the reader: process.stdout blocks the whole process on
// a pipe, and what it queues is lost when the process exits.
import { write } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { errnoOf } from '../../disk/errno.js'

const writeTo = promisify(write)

/** A terminal or pipe that somebody else has made non-blocking is asked again this soon. */
const pauseMs = 5

/** Nobody reads any more, as after `| head`. No failure: there is just nothing left to do. */
export class OutputClosedError extends Error {
  override readonly name = 'OutputClosedError'
}

export class Output {
  readonly #descriptor: number

  constructor (descriptor: number) {
    this.#descriptor = descriptor
  }

  /** Writes all of it; resolves when the reader has room for more. Rejects with OutputClosedError where there is no reader. */
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
