// Checks what crashes left behind, and who holds the locks.
import type { LockHolder } from '../../disk/lock/lock-holder.js'
import { showBytes, showCount, showTime } from '../screen/units.js'
import { ok, problem, warning, type Evidence, type Finding } from './finding.js'

/** A rotation holds its lock for far less than a second. */
const rotationMsMax = 5_000

/** Looks for files that a crash left. */
export function checkLeftovers ({ survey: { unfinished }, command }: Evidence): Finding[] {
  const left = unfinished.filter(({ inWork }) => !inWork)
  if (left.length === 0) return [ok('leftovers', 'a crash left nothing behind')]
  const bytes = left.reduce((sum, { bytes }) => sum + bytes, 0)
  return [warning('leftovers', `a crash left ${showCount(left.length, 'file')} behind (${showBytes(bytes)}): ${left.slice(0, 3).map(({ name }) => name).join(', ')}`,
    `the next sweep removes them, or: ${command('sweep')}`)]
}

/** Looks at both locks. */
export function checkLocks ({ survey: { rotateLock, sweepLock }, nowMs }: Evidence): Finding[] {
  const found = [...held('rotating', rotateLock, nowMs, rotationMsMax), ...held('sweeping', sweepLock, nowMs, Infinity)]
  return found.length > 0 ? found : [ok('locks', 'no process holds one')]
}

function held (doing: string, holder: LockHolder | null, nowMs: number, usualMsMax: number): Finding[] {
  if (holder === null) return []
  const { pid, liveness, sinceMs } = holder
  const who = `${pid === null ? 'another process' : `process ${pid}`} has been ${doing} for ${showTime(nowMs - sinceMs)}`
  switch (liveness) {
    case 'gone': return [warning('locks', `${pid === null ? 'a process' : `process ${pid}`} died while ${doing} and left its lock`, 'nothing to do: the next process that needs the lock breaks it')]
    case 'unknown': return [warning('locks', `${who}, on another host or in another container`, 'if that host is gone, remove nothing: the next process that needs the lock breaks it')]
    case 'alive': return [nowMs - sinceMs <= usualMsMax ? ok('locks', who) : problem('locks', who, `it is stopped or hangs: see what process ${pid ?? '?'} does (a debugger, SIGSTOP, a dead network disk)`)]
  }
}
