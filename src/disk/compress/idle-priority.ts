// Lowers a thread's priority. On Linux every thread has its own priority, and Node can set it by the thread's id. Elsewhere
// nothing changes.
import { readlinkSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { hasProc } from '../../platform/operating-system.js'

// At the lowest priority of all, a thread beside eight busy ones took 5 s for what takes 1 s at this one. Both held up
// the application equally little.
/** Lowers the calling thread's priority below the usual one; false if the system cannot do that. */
export function lowerOwnPriority (): boolean {
  const id = ownThreadId()
  if (id === null) return false
  try {
    setPriority(id, constants.priority.PRIORITY_BELOW_NORMAL)
    return true
  } catch {
    return false // A sandbox may forbid it. The thread then has the usual priority.
  }
}

// The link reads `PID/task/TID`. If the process id is not this process's, the numbers belong to another namespace, and a
// call with them would hit another process.
function ownThreadId (): number | null {
  if (!hasProc()) return null
  try {
    const [pid, , id] = readlinkSync('/proc/thread-self').split('/')
    return Number(pid) === process.pid ? Number(id) : null
  } catch {
    return null // No /proc here.
  }
}
