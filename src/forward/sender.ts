// What takes batches of lines: a receiver of OTLP, or a module of the user's own.
import type { ForwardedLine } from '../policy/forwarding/otlp-request.js'
import type { Verdict } from '../policy/forwarding/answer.js'

export interface SendOutcome {
  readonly verdict: Verdict
  /** Records that a receiver took no part in, although it took the batch. */
  readonly rejected: number
  /** What it answered, in a few words. */
  readonly answer: string
  /** How long the receiver asks to be left alone. */
  readonly retryAfterMs: number | null
}

export interface Sender {
  /** Where lines go, as a person would name it. */
  readonly target: string
  /** Sends the lines. Rejects where no answer came, which is tried again. */
  readonly send: (lines: readonly ForwardedLine[], signal: AbortSignal) => Promise<SendOutcome>
}
