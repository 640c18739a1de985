// On Windows, a virus scanner, an indexer or a backup may hold a file for a moment. No other program can then open, rename
// or remove it. Such a step is retried for a second before its failure is reported.
import { setTimeout } from 'node:timers/promises'
import { isWindows } from '../platform/operating-system.js'
import { errnoOf } from './errno.js'

/** The errors of Windows for a held file, and also for missing rights. */
const heldCodes = ['EBUSY', 'EPERM', 'EACCES']

/** The pauses between attempts: a second in all. */
const pausesMs = [10, 20, 40, 80, 150, 300, 400]

/** For how long such a failure is not reported while the step is retried. */
export const heldMs = 1_000

/** Whether the error may mean that another program holds the file for a moment. */
export function mayBeHeld (error: unknown): boolean {
  return isWindows() && heldCodes.includes(errnoOf(error))
}

/**
 * Runs the action, and retries it for a second while another program seems to hold its file. Rejects with the last error.
 * `keepsAlive`: the process does not end before the last attempt.
 */
export async function retryWhileHeld<Result> (action: () => Result | Promise<Result>, { keepsAlive } = { keepsAlive: true }): Promise<Result> {
  for (const pauseMs of pausesMs) {
    try {
      return await action()
    } catch (error) {
      if (!mayBeHeld(error)) throw error
      await setTimeout(pauseMs, undefined, { ref: keepsAlive })
    }
  }
  return await action()
}

/** Does the same synchronously, for callers that cannot wait in another way. */
export function retryWhileHeldSync<Result> (action: () => Result): Result {
  for (const pauseMs of pausesMs) {
    try {
      return action()
    } catch (error) {
      if (!mayBeHeld(error)) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs)
    }
  }
  return action()
}
