// Removes what a crash left in the log's folder. Under the swap lock no other process is in the middle of a swap, so an
// existing successor or a reserved name is abandoned. A lock that a crash left is taken and released. An archive that was
// set aside and not removed gets its name back.
import { basename } from 'node:path'
import { describe } from '../../../disk/archive-folder.js'
import { mayBeHeld } from '../../../disk/held-files.js'
import type { Lock } from '../../../disk/lock/lock.js'
import { removeFile } from '../../../disk/publish.js'
import { logOf, type LogName } from '../../../policy/names/archive-name.js'
import { isSuccessorName } from '../../../policy/names/hidden-name.js'
import { settleMs } from '../../../policy/settling.js'
import { returnArchive } from '../../kept-archive.js'
import { closePassage } from '../../passages.js'
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
    const abandoned = reserved.filter(({ settled }) => settled).map(({ path }) => path)
    if (abandoned.length < reserved.length) pass.request.wakeIn(settleMs)
    const due = [...leftovers, ...abandoned].filter((path) => pass.isDue('sweep', path))
    if (due.length === 0 && !isSwapLocked) return 'done'
    const isLocked = this.#swapLock.run(() => {
      const isReserved = new Set(abandoned)
      for (const path of due) if (!isReserved.has(path) || describe(path)?.bytes === 0) this.#clear(path, pass)
      return true
    })
    if (isLocked !== null) return 'done'
    pass.request.wakeIn(comeBackMs)
    return 'interrupted'
  }

  // A leftover that cannot be removed holds up nothing but itself.
  #clear (path: string, pass: SweepPass): void {
    try {
      // A later pass removes an archive if its copy still holds its whole content.
      if (returnArchive(this.#log, basename(path))) {
        pass.gaveBack = true
        pass.request.wakeIn(comeBackMs)
      } else {
        if (isSuccessorName(basename(path), this.#log)) closePassage(this.#log, path)
        removeFile(path)
      }
      pass.succeeded('sweep', path)
      pass.cleared(path)
    } catch (error) {
      if (mayBeHeld(error)) pass.request.wakeIn(comeBackMs)
      else pass.failed('sweep', error, path)
    }
  }
}
