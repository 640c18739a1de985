// A thread that steps back: on Linux every thread has a priority of its own, and Node can set it by the thread's id.
// Where that is not so, nothing changes.
import { readlinkSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { hasProc } from '../../platform.js'

/** Gives the calling thread what processor time nobody else wants; false where the system cannot. */
export function lowerOwnPriority (): boolean {
  const id = ownThreadId()
  if (id === null) return false
  try {
    setPriority(id, constants.priority.PRIORITY_LOW)
    return true
  } catch {
    return false // A sandbox may forbid it; the thread then works like all others.
  }
}

// The link reads `PID/task/TID`. Another process id than ours means that the numbers are those of another namespace, in
// which our own calls would hit somebody else.
function ownThreadId (): number | null {
  if (!hasProc()) return null
  try {
    const [pid, , id] = readlinkSync('/proc/thread-self').split('/')
    return Number(pid) === process.pid ? Number(id) : null
  } catch {
    return null // No /proc here.
  }
}
