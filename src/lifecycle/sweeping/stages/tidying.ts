// Clears away what a crash left in the log's folder. Under the swap lock no other process is in the middle of a swap: a
// successor that is there was given up, and so was a name that is still reserved. A lock that a crash left is taken and
// given back. An archive that was taken aside and not removed gets its name back.
import { basename } from 'node:path'
import { describe } from '../../../disk/archive-folder.js'
import { mayBeHeld } from '../../../disk/held-files.js'
import type { Lock } from '../../../disk/lock/lock.js'
import { removeFile } from '../../../disk/publish.js'
import { logOf, type LogName } from '../../../policy/names/archive-name.js'
import { returnArchive } from '../kept-archive.js'
import type { StageOutcome, SweepContext, SweepPass, SweepStage } from '../sweep-pass.js'

/** How soon to come back where a lock was not taken, or an archive was given back. */
const comeBackMs = 1_000

export class TidyingStage implements SweepStage {
  readonly #log: LogName
  readonly #swapLock: Lock

  constructor ({ settings, swapLock }: SweepContext) {
    this.#log = logOf(settings)
    this.#swapLock = swapLock
  }

  run (pass: SweepPass): StageOutcome {
    // Without the sweep's lock, another process may be at work on these.
    if (!pass.isLocked) {
      pass.request.wakeIn(comeBackMs)
      return 'interrupted'
    }
    const { leftovers, reserved, isSwapLocked } = pass.contents
    if (leftovers.length + reserved.length === 0 && !isSwapLocked) return 'done'
    const cleared = this.#swapLock.run(() => {
      const paths = [...leftovers, ...reserved.filter((name) => describe(name)?.bytes === 0)]
      for (const path of paths) {
        // It is removed by a later pass, if it is still what its copy holds.
        if (returnArchive(this.#log, basename(path))) pass.request.wakeIn(comeBackMs)
        else if (!removeUnlessHeld(path)) pass.request.wakeIn(comeBackMs)
      }
      return paths
    })
    if (cleared === null) {
      pass.request.wakeIn(comeBackMs)
      return 'interrupted'
    }
    for (const path of cleared) pass.cleared(path)
    return 'done'
  }
}

// A leftover that another program holds waits for a later pass. Nothing else does.
function removeUnlessHeld (path: string): boolean {
  try {
    removeFile(path)
    return true
  } catch (error) {
    if (!mayBeHeld(error)) throw error
    return false
  }
}
