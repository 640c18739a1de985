// How long to wait before a failed step is tried again: soon at first, then less and less often.

/**
 * Shorter than the second for which an archive is left alone (policy/settling.ts), so that a writer that was refused in the
 * middle of a line can end it in time. It also keeps the promise to go on within five seconds.
 */
const longestMs = 800
/** Work in the background may wait longer. */
const slowLongestMs = 60_000

/** The pause after so many failed attempts to write or rotate (1 for the first). */
export function backoffMs (attempts: number): number {
  return Math.min(50 * 2 ** attempts, longestMs)
}

/** What keeps a file from being rotated until a person changes how it is mounted. */
const lastingObstacles = ['EXDEV', 'EBUSY']
const lastingPauseMs = 10_000

/** The pause after so many failed rotations. An obstacle that lasts is tried seldom, at the latest after a minute. */
export function rotationBackoffMs (attempts: number, code: string): number {
  // EBUSY may be a virus scanner that holds a new file for a moment.
  const isLasting = attempts > 1 && lastingObstacles.includes(code)
  return isLasting ? Math.min(lastingPauseMs * 2 ** (attempts - 2), slowLongestMs) : backoffMs(attempts)
}

/** The pause after so many failed sweeps. */
export function slowBackoffMs (attempts: number): number {
  return Math.min(500 * 2 ** attempts, slowLongestMs)
}
