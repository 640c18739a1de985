// Removes what a crash left in the log's folder. Under the swap lock no other process is in the middle of a swap, so an
// existing successor or a reserved name is abandoned. A lock that a crash left is taken and released. An archive that was
// set aside and not removed gets its name back.
import { basename } from 'node:path'
import { describe } from '../../../disk/archive-folder.js'
import { mayBeHeld } from '../../../disk/held-files.js'
import type { Lock } from '../../../disk/lock/lock.js'
import { removeFile } from '../../../disk/publish.js'
import { logOf, type LogName } from '../../../policy/names/archive-name.js'
import { returnArchive } from '../kept-archive.js'
import type { StageOutcome, SweepContext, SweepPass, SweepStage } from '../sweep-pass.js'

/** When to run again if a lock was not acquired, or an archive got its name back. */
const comeBackMs = 1_000

export class TidyingStage implements SweepStage {
  readonly #log: LogName
  readonly #swapLock: Lock

  constructor ({ settings, swapLock }: SweepContext) {
    this.#log = logOf(settings)
    this.#swapLock = swapLock
  }

  run (pass: SweepPass): StageOutcome {
    // Without the sweep's lock, another process may be using these files.
    if (!pass.isLocked) {
      pass.request.wakeIn(comeBackMs)
      return 'interrupted'
    }
    const { leftovers, reserved, isSwapLocked } = pass.contents
    if (leftovers.length + reserved.length === 0 && !isSwapLocked) return 'done'
    const cleared = this.#swapLock.run(() => {
      const paths = [...leftovers, ...reserved.filter((name) => describe(name)?.bytes === 0)]
      for (const path of paths) {
        // A later pass removes it if its copy still holds its whole content.
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

// Only a leftover that another program holds waits for a later pass.
function removeUnlessHeld (path: string): boolean {
  try {
    removeFile(path)
    return true
  } catch (error) {
    if (!mayBeHeld(error)) throw error
    return false
  }
}
