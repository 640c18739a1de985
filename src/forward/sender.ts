// A receiver of batches of lines: OTLP, or a user's module.
import type { ForwardedLines } from '../policy/forwarding/forwarded-lines.js'
import type { Verdict } from '../policy/forwarding/answer.js'

/** Lets the thread or the processor do other work for a moment. */
export type Rest = () => Promise<void> | void

export interface SendOutcome {
  readonly verdict: Verdict
  /** Records that the receiver rejected from a batch that it took. */
  readonly rejected: number
  /** Its answer, in a few words. */
  readonly answer: string
  /** How long the receiver asks to wait. */
  readonly retryAfterMs: number | null
}

export interface Sender {
  /** The destination, as a person would name it. */
  readonly target: string
  /** Prepares lines that are sent next, while others are under way. */
  readonly prepare?: (lines: ForwardedLines, signal: AbortSignal) => Promise<void>
  /** Sends the lines. Rejects if no answer came. The lines are then sent again. */
  readonly send: (lines: ForwardedLines, signal: AbortSignal) => Promise<SendOutcome>
}
