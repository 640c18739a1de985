// Lowers a thread's priority. On Linux every thread has its own priority, and Node can set it by the thread's id. Elsewhere
// nothing changes.
import { readlinkSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { hasProc } from '../../platform/operating-system.js'

/**
 * Linux lets a thread of a low priority finish its turn, which can take 4 ms, although another one has to run. A thread that has slept
 * begins a new turn.
 */
const restMs = 0.05
const never = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))

// At the lowest priority of all, a thread beside eight busy ones took 5 s for what takes 1 s at this one. Both held up
// the application equally little.
/**
 * Lowers the calling thread's priority below the usual one, if the system can do that. Returns what the thread calls between pieces of
 * its work, so that others can run. Where the priority is the usual one, it does nothing: elsewhere than on Linux a rest may take 15 ms.
 */
export function lowerOwnPriority (): () => void {
  const id = ownThreadId()
  if (id === null) return () => {}
  try {
    setPriority(id, constants.priority.PRIORITY_BELOW_NORMAL)
    return () => { Atomics.wait(never, 0, 0, restMs) }
  } catch {
    return () => {} // A sandbox may forbid it. The thread then has the usual priority.
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
