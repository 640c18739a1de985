// Takes a lock for background work. On a full disk without room for a lock file, the work may continue without the lock.
import { isOutOfRoom } from '../disk/errno.js'
import type { Lock } from '../disk/lock/lock.js'

/** `busy`: another process holds the lock. `without`: a full disk has no room for it. Throws if the folder refuses the lock otherwise. */
export function acquireIfRoom (lock: Lock): 'held' | 'busy' | 'without' {
  try {
    return lock.tryAcquire() ? 'held' : 'busy'
  } catch (error) {
    if (isOutOfRoom(error)) return 'without'
    throw error
  }
}
