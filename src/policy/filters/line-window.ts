// Decides by names alone which files must be read for a time window. A file begins when the one before it is rotated, and
// ends when it is rotated itself. A line is written within moments of its time.
import type { Archive } from '../names/archive-name.js'
import { stampInstant, stampKind } from '../names/stamp.js'

export interface Window {
  readonly sinceMs: number
  readonly untilMs: number
}

/** `skip`: no line is wanted. `whole`: all are. `edge`: each line must be checked. */
export type Selection = 'skip' | 'whole' | 'edge'

export interface DatedArchive {
  readonly archive: Archive
  /** When the file's entry last changed. A later stamp comes from a clock that has since gone back. */
  readonly changedMs: number
}

/** How far off the names' zone may be. */
export interface ZoneDoubt {
  readonly earlierMs: number
  readonly laterMs: number
}

const hourMs = 3_600_000
/** The longest delay between a line's time and its writing, which may come after a rotation. */
const delayMs = 60_000
/** A stamp names a second. */
const stampMs = 1_000
/** The longest day, with a change of clocks. */
const dayMsMax = 26 * hourMs

/** The doubt if the names' zone is known. */
export const knownZone: ZoneDoubt = { earlierMs: hourMs, laterMs: hourMs }
/** The doubt if it may be any zone. */
export const anyZone: ZoneDoubt = { earlierMs: 14 * hourMs, laterMs: 12 * hourMs }

/** Selects each archive in the order of names, and then the active file. */
export function selectFiles (archives: readonly DatedArchive[], window: Window, timezone: string, doubt: ZoneDoubt): Selection[] {
  const begun = [-Infinity, ...archives.map((dated) => earliestEnd(dated, timezone) - doubt.earlierMs - delayMs)]
  const ended = latestEnds(archives, timezone).map((endMs) => endMs + doubt.laterMs + delayMs)
  return begun.map((beginMs, index) => select(beginMs, ended[index] ?? Infinity, window))
}

function select (beginMs: number, endMs: number, { sinceMs, untilMs }: Window): Selection {
  if (endMs < sinceMs || beginMs > untilMs) return 'skip'
  return beginMs >= sinceMs && endMs <= untilMs ? 'whole' : 'edge'
}

// A date is the day on which the archive was begun. Only the archives after it tell when it ended.
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
    // Earlier archives had ended when this one was begun, on the day that it names.
    nextEndsMs = Math.min(nextEndsMs, isDated ? atMs : atMs + stampMs)
  }
  return ends.reverse()
}
