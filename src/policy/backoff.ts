// How long to wait before a failed step is tried again: soon at first, then less and less often.

/**
 * Sooner than others may compress an archive (policy/settling.ts): who was refused in the middle of a line is back in time
 * to end it. It is also what the promise to go on within five seconds allows.
 */
const longestMs = 800
/** What runs in the background may wait longer. */
const slowLongestMs = 60_000

/** The pause after so many failed attempts to write or rotate (1 for the first). */
export function backoffMs (attempts: number): number {
  return Math.min(50 * 2 ** attempts, longestMs)
}

/** The pause after so many failed sweeps. */
export function slowBackoffMs (attempts: number): number {
  return Math.min(500 * 2 ** attempts, slowLongestMs)
}
