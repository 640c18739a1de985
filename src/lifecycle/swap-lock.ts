// The lock for swapping the active file and removing archives. Writers and sweepers share it.
import { unlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../clock.js'
import { listFolderSync } from '../disk/archive-folder.js'
import { unless } from '../disk/errno.js'
import { Lock, type LockToken } from '../disk/lock/lock.js'
import type { Settings } from '../options/settings.js'
import { logOf, type LogName } from '../policy/names/archive-name.js'
import { hiddenName, isSuccessorName } from '../policy/names/hidden-name.js'
import { closePassage } from './passages.js'

/**
 * Makes the lock object of a log. All users in a thread share one object, so that each can release a lock that another could
 * not.
 */
export function swapLockOf (settings: Settings, clock: Clock): Lock {
  const log = logOf(settings)
  return new Lock(join(log.directory, hiddenName(log, 'lock')), clock.monotonic, () => tokensOf(log))
}

// A swap ends with the rename of a successor. Without it, a writer whose lock was broken cannot end its swap any more. A folder that
// may not be listed keeps them.
function tokensOf (log: LogName): LockToken[] {
  const successors = unless(['EACCES', 'EPERM'], () => listFolderSync(log.directory, (name) => isSuccessorName(name, log) ? name : null)) ?? []
  return successors.map(({ name }) => () => {
    const path = join(log.directory, name)
    closePassage(log, path)
    unlinkSync(path)
  })
}
