// Decides what a receiver's answer means for a batch.

/** `refused`: the receiver will never take this batch as it is. The batch is halved until only the bad line is left. */
export type Verdict = 'accepted' | 'retry' | 'refused'

/** Statuses that may pass: expired credentials, a wrong address, too many requests. */
const passing: ReadonlySet<number> = new Set([401, 403, 404, 408, 429])

/**
 * Judges an HTTP status. A redirect is not followed but tried again, since only its settings can be wrong. A page is no
 * acknowledgement: it comes from a proxy, or from a wrong address.
 */
export function verdictOf (status: number, contentType = ''): Verdict {
  if (status >= 200 && status < 300) return /^\s*text\/html\b/i.test(contentType) ? 'retry' : 'accepted'
  return status >= 400 && status < 500 && !passing.has(status) ? 'refused' : 'retry'
}

const longestPauseMs = 60_000

/** The pause after that many failed attempts in a row (1 for the first). It is never shorter than the receiver asks. */
export function forwardPauseMs (failures: number, retryAfterMs: number | null): number {
  return Math.max(Math.min(250 * 2 ** failures, longestPauseMs), Math.min(retryAfterMs ?? 0, 5 * longestPauseMs))
}

/** Returns how many records a receiver rejected from a batch that it took. By OTLP's rules this is final. */
export function rejectedRecords (answer: string): number {
  try {
    // Protobuf's JSON has the names in two spellings.
    const { partialSuccess, partial_success: success = partialSuccess } = JSON.parse(answer) as Record<string, Record<string, unknown> | undefined>
    const count = success?.['rejectedLogRecords'] ?? success?.['rejected_log_records']
    const rejected = typeof count === 'string' || typeof count === 'number' ? Number(count) : 0
    return Number.isSafeInteger(rejected) && rejected > 0 ? rejected : 0
  } catch {
    return 0
  }
}
