// The pauses before a failed step is tried again. They are short at first, and grow.

/**
 * Shorter than the second for which an archive is left alone (policy/settling.ts). A writer that was refused in the middle
 * of a line can therefore end the line in time. It also keeps the promise to go on within five seconds.
 */
const longestMs = 800
/** Background work may wait longer. */
const slowLongestMs = 60_000

/** The pause after that many failed attempts to write or rotate (1 for the first). */
export function backoffMs (attempts: number): number {
  return Math.min(50 * 2 ** attempts, longestMs)
}

/** Errors that keep a file from being rotated until a person changes how it is mounted. */
const lastingObstacles = ['EXDEV', 'EBUSY']
const lastingPauseMs = 10_000

/** The pause after that many failed rotations. After a lasting obstacle it grows to a minute. */
export function rotationBackoffMs (attempts: number, code: string): number {
  // EBUSY may come from a virus scanner that holds a new file for a moment.
  const isLasting = attempts > 1 && lastingObstacles.includes(code)
  return isLasting ? Math.min(lastingPauseMs * 2 ** (attempts - 2), slowLongestMs) : backoffMs(attempts)
}

/** The pause after that many failed sweeps. */
export function slowBackoffMs (attempts: number): number {
  return Math.min(500 * 2 ** attempts, slowLongestMs)
}
