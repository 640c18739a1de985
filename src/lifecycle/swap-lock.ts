// The lock under which the active file is swapped and archives are removed. Writers and sweepers share it.
import { join } from 'node:path'
import type { Clock } from '../clock.js'
import { Lock } from '../disk/lock/lock.js'
import type { Settings } from '../options/settings.js'
import { logOf } from '../policy/names/archive-name.js'
import { hiddenName } from '../policy/names/hidden-name.js'

/** Makes the object that takes the lock of a log. One object for all who share a thread: it can give back what another could not. */
export function swapLockOf (settings: Settings, clock: Clock): Lock {
  const log = logOf(settings)
  return new Lock(join(log.directory, hiddenName(log, 'lock')), clock.monotonic)
}
