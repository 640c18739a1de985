// The lock for swapping the active file and removing archives. Writers and sweepers share it.
import { join } from 'node:path'
import type { Clock } from '../clock.js'
import { listFolderSync } from '../disk/archive-folder.js'
import { unless } from '../disk/errno.js'
import { Lock } from '../disk/lock/lock.js'
import type { Settings } from '../options/settings.js'
import { logOf, type LogName } from '../policy/names/archive-name.js'
import { hiddenName, isSuccessorName } from '../policy/names/hidden-name.js'

/**
 * Makes the lock object of a log. All users in a thread share one object, so that each can release a lock that another could
 * not.
 */
export function swapLockOf (settings: Settings, clock: Clock): Lock {
  const log = logOf(settings)
  return new Lock(join(log.directory, hiddenName(log, 'lock')), clock.monotonic, () => successorsOf(log))
}

// A swap ends with the rename of a successor. Without it, a writer whose lock was broken cannot end its swap any more.
// A folder that may not be listed keeps them.
function successorsOf (log: LogName): string[] {
  const successors = unless(['EACCES', 'EPERM'], () => listFolderSync(log.directory, (name) => isSuccessorName(name, log) ? name : null))
  return successors?.map(({ name }) => join(log.directory, name)) ?? []
}
