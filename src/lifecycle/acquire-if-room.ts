// Takes a lock for background work. On a full disk without room for a lock file, the work may continue without the lock.
import { isOutOfRoom } from '../disk/errno.js'
import type { Lock } from '../disk/lock/lock.js'

/** The error of a full disk that has no room for a lock. */
export interface NoRoom { readonly noRoom: unknown }

/** `busy`: another process holds the lock. Throws if the folder refuses the lock for another reason than room. */
export function acquireIfRoom (lock: Lock): 'held' | 'busy' | NoRoom {
  try {
    return lock.tryAcquire() ? 'held' : 'busy'
  } catch (error) {
    if (isOutOfRoom(error)) return { noRoom: error }
    throw error
  }
}
