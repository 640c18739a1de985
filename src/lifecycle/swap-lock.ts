// The lock for swapping the active file and removing archives. Writers and sweepers share it.
import { join } from 'node:path'
import type { Clock } from '../clock.js'
import { Lock } from '../disk/lock/lock.js'
import type { Settings } from '../options/settings.js'
import { logOf } from '../policy/names/archive-name.js'
import { hiddenName } from '../policy/names/hidden-name.js'

/**
 * Makes the lock object of a log. All users in a thread share one object, so that each can release a lock that another could
 * not.
 */
export function swapLockOf (settings: Settings, clock: Clock): Lock {
  const log = logOf(settings)
  return new Lock(join(log.directory, hiddenName(log, 'lock')), clock.monotonic)
}
