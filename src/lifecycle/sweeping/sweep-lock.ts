// The lock for sweeping a log. The sweeping process holds it for the whole pass.
import { join } from 'node:path'
import type { Clock } from '../../clock.js'
import { Lock } from '../../disk/lock/lock.js'
import type { LogName } from '../../policy/names/archive-name.js'
import { hiddenName } from '../../policy/names/hidden-name.js'

/** Makes the sweep lock object of a log. */
export function sweepLockOf (log: LogName, { monotonic }: Pick<Clock, 'monotonic'>): Lock {
  return new Lock(join(log.directory, hiddenName(log, 'sweep')), monotonic)
}
