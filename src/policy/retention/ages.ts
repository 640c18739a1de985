// Decides from when an archive's age counts. That is the stamp in its name, unless a wrong clock wrote a stamp in the
// future. Later archives continue such a stamp, because the order of names must stay, and none of them would ever grow old.
// In that case the file's time counts, within what the order allows: an archive is no older than an earlier one with a sound
// stamp, and no younger than a later one.
import { compareArchives, type Archive } from '../names/archive-name.js'

export interface DatedArchive {
  readonly archive: Archive
  /** The instant that its stamp names. */
  readonly ageFromMs: number
  /** When the file was last written. */
  readonly modifiedMs: number
}

/** A stamp further ahead than this cannot be explained by a zone, or by a date that means the end of its day. */
const toleranceMs = 48 * 3_600_000

/** Whether the stamp is so far ahead that a wrong clock must have written it. */
function isStampedAhead ({ ageFromMs }: Pick<DatedArchive, 'ageFromMs'>, nowMs: number): boolean {
  return ageFromMs > nowMs + toleranceMs
}

/** The archives in the order of names, each with the instant from which its age counts. */
export function withSoundAges<Dated extends DatedArchive> (archives: readonly Dated[], nowMs: number): Dated[] {
  const sorted = [...archives].sort((a, b) => compareArchives(a.archive, b.archive))
  if (!sorted.some((found) => isStampedAhead(found, nowMs))) return sorted
  return noYoungerThanNext(noOlderThanPrevious(sorted, nowMs))
}

function noOlderThanPrevious<Dated extends DatedArchive> (sorted: readonly Dated[], nowMs: number): Dated[] {
  let soundMs = -Infinity
  return sorted.map((found) => {
    if (!isStampedAhead(found, nowMs)) {
      soundMs = Math.max(soundMs, found.ageFromMs)
      return found
    }
    return found.modifiedMs > nowMs + toleranceMs ? found : { ...found, ageFromMs: Math.max(soundMs, found.modifiedMs) }
  })
}

function noYoungerThanNext<Dated extends DatedArchive> (archives: readonly Dated[]): Dated[] {
  let nextMs = Infinity
  return archives.toReversed().map((found) => {
    nextMs = Math.min(nextMs, found.ageFromMs)
    return { ...found, ageFromMs: nextMs }
  }).reverse()
}
