// What a receiver's answer means for the batch that it was given.

/** `refused`: this batch will never be taken as it is, so that it is halved, down to the line that is to blame. */
export type Verdict = 'accepted' | 'retry' | 'refused'

/** What may be over some time later: credentials that are renewed, an address that is put right, too much at once. */
const passing: ReadonlySet<number> = new Set([401, 403, 404, 408, 429])

/** Judges an HTTP status. A redirect is not followed, and is tried again, since only its settings can be wrong. */
export function verdictOf (status: number): Verdict {
  if (status >= 200 && status < 300) return 'accepted'
  return status >= 400 && status < 500 && !passing.has(status) ? 'refused' : 'retry'
}

const longestPauseMs = 60_000

/** The pause after so many failed attempts in a row (1 for the first), never shorter than what the receiver asks for. */
export function forwardPauseMs (failures: number, retryAfterMs: number | null): number {
  return Math.max(Math.min(250 * 2 ** failures, longestPauseMs), Math.min(retryAfterMs ?? 0, 5 * longestPauseMs))
}

/** How many records a receiver that took the batch says it has rejected; final, by OTLP's rules. */
export function rejectedRecords (answer: string): number {
  try {
    const { partialSuccess } = JSON.parse(answer) as { partialSuccess?: { rejectedLogRecords?: unknown } }
    const rejected = Number(partialSuccess?.rejectedLogRecords ?? 0)
    return Number.isSafeInteger(rejected) && rejected > 0 ? rejected : 0
  } catch {
    return 0
  }
}
