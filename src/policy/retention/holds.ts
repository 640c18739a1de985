// What retention must wait for: an archive that is not stored or forwarded yet. Each of these may hold a number of bytes.
// Beyond that, the oldest archives are removed anyway, and the event says so.
import type { ArchiveId } from '../names/archive-name.js'

/** What an archive can wait for. It is also the field of the `removed` event that is false if the wait was given up. */
export type HoldName = 'stored' | 'forwarded'

export interface Hold {
  readonly name: HoldName
  /** Whether the archive is not stored or forwarded yet. */
  readonly needs: (archive: ArchiveId) => boolean
  /** The most bytes of such archives that are held. */
  readonly bytesMax: number
}

/** Counts the bytes that each hold still needs. The caller asks for archives one after another, oldest first. */
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

  /** Whether a hold keeps the archive: it needs the archive, and everything that it needs fits its limit. */
  keeps (archive: ArchiveId): boolean {
    return this.#holds.some((hold) => hold.needs(archive) && (this.#neededBytes.get(hold) ?? 0) <= hold.bytesMax)
  }

  /** Notes that the archive is removed, and returns the holds that needed it. */
  giveUp (archive: ArchiveId, bytes: number): HoldName[] {
    const needing = this.#holds.filter((hold) => hold.needs(archive))
    for (const hold of needing) this.#neededBytes.set(hold, (this.#neededBytes.get(hold) ?? 0) - bytes)
    return needing.map(({ name }) => name)
  }
}
