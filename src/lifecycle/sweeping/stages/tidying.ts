// Clears away what a crash left in the log's folder. Under the swap lock no other process is in the middle of a swap: a
// successor that is there was given up, and so was a name that is still reserved. A lock that a crash left is taken and
// given back.
import { describe } from '../../../disk/archive-folder.js'
import type { Lock } from '../../../disk/lock/lock.js'
import { removeFile } from '../../../disk/publish.js'
import type { StageOutcome, SweepContext, SweepPass, SweepStage } from '../sweep-pass.js'

/** How soon to come back where another process rotates. */
const comeBackMs = 1_000

export class TidyingStage implements SweepStage {
  readonly #swapLock: Lock

  constructor ({ swapLock }: SweepContext) {
    this.#swapLock = swapLock
  }

  run (pass: SweepPass): StageOutcome {
    // Without the sweep's lock, another process may be at work on these.
    if (!pass.isLocked) return 'interrupted'
    const { leftovers, reserved, isSwapLocked } = pass.contents
    if (leftovers.length + reserved.length === 0 && !isSwapLocked) return 'done'
    const cleared = this.#swapLock.run(() => {
      const paths = [...leftovers, ...reserved.filter((name) => describe(name)?.bytes === 0)]
      for (const path of paths) removeFile(path)
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
