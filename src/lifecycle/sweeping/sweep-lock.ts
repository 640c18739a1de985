// The lock under which a log is swept. The process that sweeps holds it for as long as that takes.
import { join } from 'node:path'
import type { Clock } from '../../clock.js'
import { Lock } from '../../disk/lock/lock.js'
import type { LogName } from '../../policy/names/archive-name.js'
import { hiddenName } from '../../policy/names/hidden-name.js'

/** Makes the object that takes the sweep lock of a log. */
export function sweepLockOf (log: LogName, { monotonic }: Pick<Clock, 'monotonic'>): Lock {
  return new Lock(join(log.directory, hiddenName(log, 'sweep')), monotonic)
}
