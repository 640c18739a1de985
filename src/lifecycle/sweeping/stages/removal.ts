// Removes the archives that the limits no longer allow, oldest first.
import { join } from 'node:path'
import { removeArchive } from '../../../disk/archive-folder.js'
import { logOf, type LogName } from '../../../policy/names/archive-name.js'
import type { Removal } from '../../../policy/retention/retention.js'
import type { FreeSpace } from '../free-space.js'
import type { StageOutcome, SweepContext, SweepPass, SweepStage } from '../sweep-pass.js'

/** How often the free space is looked at while removed bytes have not shown up as free. */
const lookAgainMs = 2_000

export class RemovalStage implements SweepStage {
  readonly #log: LogName
  readonly #freeSpace: FreeSpace

  constructor ({ settings }: SweepContext, freeSpace: FreeSpace) {
    this.#log = logOf(settings)
    this.#freeSpace = freeSpace
  }

  async run (pass: SweepPass): Promise<StageOutcome> {
    const { directory } = this.#log
    const removals = pass.plan.removals.map((removal) => ({ removal, file: join(directory, removal.stored.archive.name) }))
    for (const { removal, file } of removals) {
      if (pass.isDue('remove', file)) await this.#remove(pass, removal, file)
    }
    const { refusal } = this.#freeSpace
    if (refusal !== null && pass.isDue('remove', directory)) pass.failed('remove', refusal, directory)
    pass.settle('remove', [...removals.map(({ file }) => file), ...refusal === null ? [] : [directory]])
    if (this.#freeSpace.isAwaiting) pass.request.wakeIn(lookAgainMs)
    return 'done'
  }

  async #remove (pass: SweepPass, { stored: { bytes }, reason, givenUp }: Removal, file: string): Promise<void> {
    try {
      const isRemoved = await removeArchive(file)
      pass.succeeded('remove', file)
      if (!isRemoved) return
      pass.removed({ file, bytes, reason, ...Object.fromEntries(givenUp.map((name) => [name, false])) })
      await this.#freeSpace.removed(bytes)
    } catch (error) {
      pass.failed('remove', error, file)
    }
  }
}
