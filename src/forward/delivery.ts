// The delivery of one batch. A batch that the receiver refuses is halved, down to the lines that are to blame; these are handed to
// `reject`, and everything else is delivered in order.
import type { ForwardedLine } from '../policy/forwarding/otlp-request.js'
import { ForwardError } from './forward-error.js'
import type { Sender } from './sender.js'

export interface Delivered {
  readonly lines: number
  /** Lines that the receiver does not take. */
  readonly rejected: number
}

/** Delivers the lines. Rejects where they must be sent again later; parts may have arrived then, and arrive once more. */
export async function deliver (sender: Sender, lines: readonly ForwardedLine[], reject: (line: ForwardedLine, answer: string) => void, signal: AbortSignal): Promise<Delivered> {
  let rejected = 0
  // A stack of parts, first part on top. Halving makes it at most as high as the number of halvings.
  const parts = [lines]
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    if (part.length === 0) continue
    signal.throwIfAborted()
    const outcome = await sender.send(part, signal)
    if (outcome.verdict === 'retry') throw new ForwardError('ERR_ROTOR_FORWARD_ANSWER', `${sender.target} answered ${outcome.answer}`, outcome.retryAfterMs)
    if (outcome.verdict === 'accepted') {
      rejected += outcome.rejected
      continue
    }
    const [only] = part
    if (part.length === 1 && only !== undefined) {
      reject(only, outcome.answer)
      rejected++
      continue
    }
    const middle = Math.ceil(part.length / 2)
    parts.push(part.slice(middle), part.slice(0, middle))
  }
  return { lines: lines.length - rejected, rejected }
}
