// Delivers one batch. A batch that the receiver refuses is halved until only the bad lines are left. These go to `reject`,
// and all others are delivered in order.
import type { ForwardedLine } from '../policy/forwarding/otlp-request.js'
import { ForwardError } from './forward-error.js'
import type { Sender } from './sender.js'

export interface Delivered {
  readonly lines: number
  /** Lines that the receiver rejected. */
  readonly rejected: number
  /** What the receiver answered last. */
  readonly answer: string
}

/** Delivers the lines. Rejects if they must be sent again later. Some may have arrived by then, and arrive again. */
export async function deliver (sender: Sender, lines: readonly ForwardedLine[], reject: (line: ForwardedLine, answer: string) => void, signal: AbortSignal): Promise<Delivered> {
  let rejected = 0
  let answer = ''
  // A stack of parts, the first one on top. Its height is at most the number of halvings.
  const parts = [lines]
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    if (part.length === 0) continue
    signal.throwIfAborted()
    const outcome = await sender.send(part, signal)
    answer = outcome.answer
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
  return { lines: lines.length - rejected, rejected, answer }
}
