// What retention must wait for: an archive that is not stored elsewhere yet, or not forwarded yet. Each party that waits may
// keep a number of bytes back. Beyond that, the oldest archives go all the same, and their removal says so.
import type { ArchiveId } from '../names/archive-name.js'

/** What an archive can wait for. It is the field of the `removed` event that is false where the wait was given up. */
export type HoldName = 'stored' | 'forwarded'

export interface Hold {
  readonly name: HoldName
  /** Whether the archive has not reached the other side yet. */
  readonly needs: (archive: ArchiveId) => boolean
  /** The most bytes of needed archives that are kept back. */
  readonly bytesMax: number
}

/** Counts the bytes that each hold still needs. The caller asks for one archive after the other, oldest first. */
export class HoldCount {
  readonly #holds: readonly Hold[]
  readonly #neededBytes: Map<Hold, number>

  constructor (holds: readonly Hold[], archives: ReadonlyArray<{ readonly archive: ArchiveId, readonly bytes: number }>) {
    this.#holds = holds
    this.#neededBytes = new Map(holds.map((hold) => [
      hold,
      archives.reduce((sum, { archive, bytes }) => sum + (hold.needs(archive) ? bytes : 0), 0)
    ]))
  }

  /** Whether a hold keeps the archive: it needs it, and all that it needs fits into its bytes. */
  keeps (archive: ArchiveId): boolean {
    return this.#holds.some((hold) => hold.needs(archive) && (this.#neededBytes.get(hold) ?? 0) <= hold.bytesMax)
  }

  /** Takes note that the archive goes, and names the holds that needed it. */
  giveUp (archive: ArchiveId, bytes: number): HoldName[] {
    const needing = this.#holds.filter((hold) => hold.needs(archive))
    for (const hold of needing) this.#neededBytes.set(hold, (this.#neededBytes.get(hold) ?? 0) - bytes)
    return needing.map(({ name }) => name)
  }
}
