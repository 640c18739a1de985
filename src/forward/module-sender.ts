// Sends batches with a user's module. A resolved promise acknowledges a batch. An error with `rejected: true` means that it
// will never be taken, and the batch is halved. After any other error it is sent again.
import type { ForwardedLines } from '../policy/forwarding/forwarded-lines.js'
import { codeAndMessage } from '../disk/errno.js'
import { isError } from '../errors.js'
import type { Sender, SendOutcome } from './sender.js'
import { ForwardError } from './forward-error.js'

/** Sends lines without their newlines. */
export type SendLines = (lines: readonly string[], signal: AbortSignal) => unknown

export class ModuleSender implements Sender {
  readonly target: string
  readonly #sendLines: SendLines
  readonly #silenceMs: number

  constructor (path: string, sendLines: SendLines, silenceMs: number) {
    this.target = path
    this.#sendLines = sendLines
    this.#silenceMs = silenceMs
  }

  async send (lines: ForwardedLines, signal: AbortSignal): Promise<SendOutcome> {
    try {
      await this.#bounded(lines.texts(), signal)
      return { verdict: 'accepted', rejected: 0, answer: 'taken', retryAfterMs: null }
    } catch (error) {
      if (typeof error !== 'object' || error === null || !('rejected' in error) || error.rejected !== true) throw error
      return { verdict: 'refused', rejected: 0, answer: isError(error) ? codeAndMessage(error).message : 'rejected', retryAfterMs: null }
    }
  }

  async #bounded (lines: readonly string[], outer: AbortSignal): Promise<void> {
    const silence = new AbortController()
    const signal = AbortSignal.any([outer, silence.signal])
    let timer: NodeJS.Timeout | undefined
    try {
      await new Promise((resolve, reject) => {
        timer = setTimeout(() => { silence.abort(new ForwardError('ERR_ROTOR_FORWARD_SILENT', `${this.target} did not settle for ${this.#silenceMs / 1000} s`)) }, this.#silenceMs).unref()
        signal.addEventListener('abort', () => { reject(signal.reason as Error) }, { once: true })
        Promise.resolve(this.#sendLines(lines, signal)).then(resolve, reject)
      })
    } finally {
      clearTimeout(timer)
    }
  }
}
