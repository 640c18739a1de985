// Who holds a lock, for a caller that only wants to know: nothing is taken, waited for or broken here.
import { lstatSync } from 'node:fs'
import { madeMs } from '../creation-time.js'
import { ignoreMissing } from '../errno.js'
import { readLockText } from './lock-text.js'
import { livenessOf, parseOwner, type Liveness } from './owner.js'

export interface LockHolder {
  /** Null where the lock does not say, or may not be read. */
  readonly pid: number | null
  readonly liveness: Liveness
  /** When it was taken, or last touched by its holder where the system does not tell when a file was made. */
  readonly sinceMs: number
}

/** Tells who holds the lock at the path; null where no process does. */
export function lockHolder (path: string): LockHolder | null {
  const stats = ignoreMissing(() => lstatSync(path))
  if (stats?.isFile() !== true) return null
  const owner = parseOwner(readText(path))
  return { pid: owner?.pid ?? null, liveness: owner === null ? 'unknown' : livenessOf(owner), sinceMs: madeMs(stats) ?? stats.mtimeMs }
}

// A lock that was released meanwhile, or that a failing disk does not let us read, does not say whose it is.
function readText (path: string): string {
  try {
    return readLockText(path)
  } catch {
    return ''
  }
}
