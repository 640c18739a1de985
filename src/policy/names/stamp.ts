// Formats and parses the stamp in an archive's name. It is the wall clock of the user's zone, because people look for a log
// by the time on their wall.
import type { Stamp } from '../../options/settings.js'
import { instantOf, wallClock } from '../schedule/wall-clock.js'

const dayMs = 86_400_000
// A stamp's year has four digits. A day at each end is reserved for the zone.
const earliestMs = Date.UTC(1000, 0, 2)
const latestMs = Date.UTC(9999, 11, 30)

/** Formats an instant as `YYYYMMDD_HHMMSS` or `YYYYMMDD`, by the clocks of the zone. */
export function formatStamp (atMs: number, kind: Stamp, timezone: string): string {
  const boundedMs = Math.min(Math.max(atMs, earliestMs), latestMs)
  const text = new Date(wallClock(boundedMs, timezone)).toISOString()
  const date = text.slice(0, 4) + text.slice(5, 7) + text.slice(8, 10)
  switch (kind) {
    case 'date': return date
    case 'datetime': return `${date}_${text.slice(11, 13)}${text.slice(14, 16)}${text.slice(17, 19)}`
  }
}

/**
 * The instant that a stamp names. For a date, it is the end of that day, because the archive was written until then. For a
 * time that the clocks show twice, it is the earlier one. For a time that they skip, it is the first instant after.
 */
export function stampInstant (stamp: string, timezone: string): number {
  const wallMs = stampWallClock(stamp)
  switch (stampKind(stamp)) {
    case 'date': return instantOf(wallMs + dayMs, timezone)
    case 'datetime': return instantOf(wallMs, timezone)
  }
}

/** Whether digits in the form of a stamp are an existing date and time. */
export function isRealStamp (stamp: string): boolean {
  const month = number(stamp, 4, 6)
  const day = number(stamp, 6, 8)
  if (month < 1 || month > 12 || day < 1) return false
  // Date.UTC turns a day that the month does not have into one of the next month.
  if (new Date(stampWallClock(stamp.slice(0, 8))).getUTCDate() !== day) return false
  return stampKind(stamp) === 'date' ||
    (number(stamp, 9, 11) < 24 && number(stamp, 11, 13) < 60 && number(stamp, 13, 15) < 60)
}

/** The kind of a stamp. */
export function stampKind (stamp: string): Stamp {
  return stamp.length > 8 ? 'datetime' : 'date'
}

function stampWallClock (stamp: string): number {
  const year = number(stamp, 0, 4)
  const month = number(stamp, 4, 6) - 1
  const day = number(stamp, 6, 8)
  return Date.UTC(year, month, day, number(stamp, 9, 11), number(stamp, 11, 13), number(stamp, 13, 15))
}

function number (digits: string, from: number, to: number): number {
  return Number(digits.slice(from, to))
}
