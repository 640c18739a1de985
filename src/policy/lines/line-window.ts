// Which files must be read for the lines of a stretch of time, decided by names alone. A file was begun when the one before
// it was rotated out and ended when it was itself; a line is written within moments of the time that it says.
import type { Archive } from '../names/archive-name.js'
import { stampInstant, stampKind } from '../names/stamp.js'

export interface Window {
  readonly sinceMs: number
  readonly untilMs: number
}

/** `skip`: none of its lines are wanted. `whole`: all are. `edge`: each line must be looked at. */
export type Selection = 'skip' | 'whole' | 'edge'

export interface DatedArchive {
  readonly archive: Archive
  /** When the file's entry last changed: a stamp later than this is of a clock that has since gone back. */
  readonly changedMs: number
}

/** How far off the zone of the names may be. */
export interface ZoneDoubt {
  readonly earlierMs: number
  readonly laterMs: number
}

const hourMs = 3_600_000
/** Between the time that a line says and the rotation that it may be written after. */
const delayMs = 60_000
/** A stamp names a second. */
const stampMs = 1_000
/** A day with a change of clocks in it has this many hours at most. */
const dayMsMax = 26 * hourMs

/** The doubt where the names' zone is known, and where it may be any. */
export const knownZone: ZoneDoubt = { earlierMs: hourMs, laterMs: hourMs }
export const anyZone: ZoneDoubt = { earlierMs: 14 * hourMs, laterMs: 12 * hourMs }

/** Selects each archive, in the order of names, and at the end the active file. */
export function selectFiles (archives: readonly DatedArchive[], window: Window, timezone: string, doubt: ZoneDoubt): Selection[] {
  const begun = [-Infinity, ...archives.map((dated) => earliestEnd(dated, timezone) - doubt.earlierMs - delayMs)]
  const ended = latestEnds(archives, timezone).map((endMs) => endMs + doubt.laterMs + delayMs)
  return begun.map((beginMs, index) => select(beginMs, ended[index] ?? Infinity, window))
}

function select (beginMs: number, endMs: number, { sinceMs, untilMs }: Window): Selection {
  if (endMs < sinceMs || beginMs > untilMs) return 'skip'
  return beginMs >= sinceMs && endMs <= untilMs ? 'whole' : 'edge'
}

// A date is the day on which the archive was begun: when it ended, only the archives after it tell.
function earliestEnd ({ archive: { stamp }, changedMs }: DatedArchive, timezone: string): number {
  const atMs = stampInstant(stamp, timezone)
  switch (stampKind(stamp)) {
    case 'datetime': return Math.min(atMs, changedMs)
    case 'date': return Math.min(atMs - dayMsMax, changedMs)
  }
}

function latestEnds (archives: readonly DatedArchive[], timezone: string): number[] {
  const ends: number[] = []
  let nextEndsMs = Infinity
  for (const { archive: { stamp } } of [...archives].reverse()) {
    const atMs = stampInstant(stamp, timezone)
    const isDated = stampKind(stamp) === 'date'
    ends.push(isDated ? nextEndsMs : Math.min(nextEndsMs, atMs + stampMs))
    // Whatever came before was over when this one was begun, which was on the day that it names.
    nextEndsMs = Math.min(nextEndsMs, isDated ? atMs : atMs + stampMs)
  }
  return ends.reverse()
}
