// The delivery of one batch. A batch that the receiver refuses is halved until only the bad lines are left. These go to `reject`,
// and all others are delivered in order. After a failure it goes on with the part that failed, so what was taken is not sent again.
import type { ForwardedLines } from '../policy/forwarding/forwarded-lines.js'
import { ForwardError } from './forward-error.js'
import type { Sender } from './sender.js'

export interface Delivered {
  readonly lines: number
  /** Bytes of the lines that the receiver did not refuse. */
  readonly bytes: number
  /** Lines that the receiver rejected. */
  readonly rejected: number
  /** What the receiver answered last. */
  readonly answer: string
}

export class Delivery {
  /** A stack of parts, the first one on top. Its height is at most the number of halvings. */
  readonly #parts: ForwardedLines[]
  readonly #lines: number
  #bytes: number
  #rejected = 0
  #answer = ''

  constructor (lines: ForwardedLines) {
    this.#parts = lines.length === 0 ? [] : [lines]
    this.#lines = lines.length
    this.#bytes = lines.sizeBytes
  }

  get isDone (): boolean {
    return this.#parts.length === 0
  }

  /** Delivers the lines that are left. Rejects if a part must be sent again later. That part may have arrived already, and then arrives twice. */
  async run (sender: Sender, reject: (line: string, answer: string) => void, signal: AbortSignal): Promise<Delivered> {
    for (let part = this.#parts.at(-1); part !== undefined; part = this.#parts.at(-1)) {
      signal.throwIfAborted()
      const { verdict, answer, rejected, retryAfterMs } = await sender.send(part, signal)
      this.#answer = answer
      if (verdict === 'retry') throw new ForwardError('ERR_ROTOR_FORWARD_ANSWER', `${sender.target} answered ${answer}`, retryAfterMs)
      this.#parts.pop()
      if (verdict === 'accepted') this.#rejected += Math.min(rejected, part.length)
      else this.#refuse(part, reject)
    }
    return { lines: this.#lines - this.#rejected, bytes: this.#bytes, rejected: this.#rejected, answer: this.#answer }
  }

  #refuse (part: ForwardedLines, reject: (line: string, answer: string) => void): void {
    if (part.length === 1) {
      reject(part.text(0), this.#answer)
      this.#rejected++
      this.#bytes -= part.sizeBytes
      return
    }
    const middle = Math.ceil(part.length / 2)
    this.#parts.push(part.slice(middle), part.slice(0, middle))
  }
}
