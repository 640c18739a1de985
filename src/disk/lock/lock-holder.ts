// Tells who holds a lock, for a caller that only wants to know. It never takes, awaits or breaks the lock.
import { lstatSync } from 'node:fs'
import { madeMs } from '../creation-time.js'
import { ignoreMissing } from '../errno.js'
import { readLockText } from './lock-text.js'
import { livenessOf, parseOwner, type Liveness } from './owner.js'

export interface LockHolder {
  /** Null if the lock does not say it, or cannot be read. */
  readonly pid: number | null
  readonly liveness: Liveness
  /** When the lock was taken. If the system does not know when a file was created: when its holder last touched it. */
  readonly sinceMs: number
}

/** Returns the holder of the lock at the path; null if no process holds it. */
export function lockHolder (path: string): LockHolder | null {
  const stats = ignoreMissing(() => lstatSync(path))
  if (stats?.isFile() !== true) return null
  const owner = parseOwner(readText(path))
  return { pid: owner?.pid ?? null, liveness: owner === null ? 'unknown' : livenessOf(owner), sinceMs: madeMs(stats) ?? stats.mtimeMs }
}

// A lock that was released meanwhile, or that a failing disk cannot read, has no known holder.
function readText (path: string): string {
  try {
    return readLockText(path) ?? ''
  } catch {
    return ''
  }
}
