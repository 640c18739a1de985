// Removes the archives that the limits no longer allow, oldest first.
import { join } from 'node:path'
import { describe, removeArchive } from '../../../disk/archive-folder.js'
import { logOf, type LogName } from '../../../policy/names/archive-name.js'
import type { Removal } from '../../../policy/retention/retention.js'
import type { FreeSpace } from '../free-space.js'
import type { RemovedEvent } from '../../../events.js'
import type { StageOutcome, SweepContext, SweepPass, SweepStage } from '../sweep-pass.js'

/** How often to look at the free space while removed bytes do not show as free. */
const lookAgainMs = 2_000

export class RemovalStage implements SweepStage {
  readonly #log: LogName
  readonly #freeSpace: FreeSpace
  /** Files that Windows keeps until another program closes them. They are reported once they are gone. */
  readonly #pending = new Map<string, RemovedEvent>()

  constructor ({ settings }: SweepContext, freeSpace: FreeSpace) {
    this.#log = logOf(settings)
    this.#freeSpace = freeSpace
  }

  async run (pass: SweepPass): Promise<StageOutcome> {
    const { directory } = this.#log
    await this.#reportPending(pass)
    const removals = pass.plan.removals.map((removal) => ({ removal, file: join(directory, removal.stored.archive.name) }))
    for (const { removal, file } of removals) {
      if (!this.#pending.has(file) && pass.isDue('remove', file)) await this.#remove(pass, removal, file)
    }
    const { refusal } = this.#freeSpace
    if (refusal !== null && pass.isDue('remove', directory)) pass.failed('remove', refusal, directory)
    pass.settle('remove', [...removals.map(({ file }) => file), ...refusal === null ? [] : [directory]])
    if (this.#freeSpace.isAwaiting || this.#pending.size > 0) pass.request.wakeIn(lookAgainMs)
    return 'done'
  }

  async #remove (pass: SweepPass, { stored: { bytes }, reason, givenUp }: Removal, file: string): Promise<void> {
    try {
      const outcome = await removeArchive(file)
      pass.succeeded('remove', file)
      const event: RemovedEvent = { file, bytes, reason, ...Object.fromEntries(givenUp.map((name) => [name, false])) }
      if (outcome === 'pending') this.#pending.set(file, event)
      if (outcome === 'removed') await this.#report(pass, event)
    } catch (error) {
      pass.failed('remove', error, file)
    }
  }

  async #reportPending (pass: SweepPass): Promise<void> {
    for (const [file, event] of this.#pending) {
      if (describe(file) !== null) continue
      this.#pending.delete(file)
      await this.#report(pass, event)
    }
  }

  async #report (pass: SweepPass, event: RemovedEvent): Promise<void> {
    pass.removed(event)
    await this.#freeSpace.removed(event.bytes)
  }
}
