// The names of bundles, `{stem}.{stamp}{extension}.gz`, and the period of a stamp: a month `202510`, a week `2025W40` (ISO
// 8601: Monday to Sunday, week 1 has the year's first Thursday) or a day `20251001`. There is one formatter, and one
// anchored parser that is its exact inverse. A name that it cannot parse is never touched.
import type { BundlePeriod } from '../../options/settings.js'
import type { LogName } from './archive-name.js'
import { isRealStamp } from './stamp.js'
import { instantOf } from '../schedule/wall-clock.js'

const dayMs = 86_400_000
const daysOfWeek = 7
/** The archive formatter writes the years 1000 to 9999. */
const patterns: Readonly<Record<BundlePeriod, RegExp>> = {
  month: /^([1-9]\d{3})(0[1-9]|1[0-2])$/,
  week: /^([1-9]\d{3})W(0[1-9]|[1-4]\d|5[0-3])$/,
  day: /^[1-9]\d{7}$/
}

/** Formats the name of the bundle of a stamp. */
export function formatBundleName (log: LogName, stamp: string): string {
  return `${plainBundleName(log, stamp)}.gz`
}

/** The bundle's name without its compression. */
export function plainBundleName (log: LogName, stamp: string): string {
  return `${log.stem}.${stamp}${log.extension}`
}

/** Parses the stamp, of any kind, of a name that the formatter could have made for this log; null for any other name. */
export function parseBundleName (name: string, log: LogName): string | null {
  const end = name.length - `${log.extension}.gz`.length
  const stamp = name.slice(log.stem.length + 1, Math.max(end, 0))
  return bundlePeriodOf(stamp) !== null && name === formatBundleName(log, stamp) ? stamp : null
}

/** The kind of a bundle's stamp; null for digits that are no stamp, such as a thirteenth month. */
export function bundlePeriodOf (stamp: string): BundlePeriod | null {
  if (patterns.month.test(stamp)) return 'month'
  if (patterns.week.test(stamp)) return weekStampOf(mondayOf(stamp)) === stamp ? 'week' : null
  return patterns.day.test(stamp) && isRealStamp(stamp) ? 'day' : null
}

/** The stamp of the bundle that an archive belongs to, by the date in the archive's own stamp. */
export function bundleStampOf (archiveStamp: string, period: BundlePeriod): string {
  switch (period) {
    case 'month': return archiveStamp.slice(0, 6)
    case 'week': return weekStampOf(dateOf(archiveStamp))
    case 'day': return archiveStamp.slice(0, 8)
  }
}

/** The first day of a bundle's period, as `YYYYMMDD`. */
export function bundleStart (stamp: string): string {
  switch (bundlePeriodOf(stamp)) {
    case 'month': return `${stamp}01`
    case 'week': return new Date(mondayOf(stamp)).toISOString().slice(0, 10).replaceAll('-', '')
    case 'day': return stamp
    case null: throw new RangeError(`${stamp} is no stamp of a bundle`)
  }
}

/** The instant when a bundle's period is over, by the clocks of the zone. */
export function bundleEnd (stamp: string, timezone: string): number {
  return instantOf(wallClockEnd(stamp), timezone)
}

function wallClockEnd (stamp: string): number {
  const period = bundlePeriodOf(stamp)
  switch (period) {
    case 'month': return Date.UTC(Number(stamp.slice(0, 4)), Number(stamp.slice(4)), 1)
    case 'week': return mondayOf(stamp) + daysOfWeek * dayMs
    case 'day': return dateOf(stamp) + dayMs
    case null: throw new RangeError(`${stamp} is no stamp of a bundle`)
  }
}

function dateOf (stamp: string): number {
  return Date.UTC(Number(stamp.slice(0, 4)), Number(stamp.slice(4, 6)) - 1, Number(stamp.slice(6, 8)))
}

// A week belongs to the year of its Thursday.
function weekStampOf (dateMs: number): string {
  const thursdayMs = dateMs + (4 - weekdayOf(dateMs)) * dayMs
  const year = new Date(thursdayMs).getUTCFullYear()
  const week = 1 + Math.floor((thursdayMs - Date.UTC(year, 0, 1)) / (daysOfWeek * dayMs))
  return `${year}W${String(week).padStart(2, '0')}`
}

// The fourth of January is always in the first week.
function mondayOf (weekStamp: string): number {
  const fourthMs = Date.UTC(Number(weekStamp.slice(0, 4)), 0, 4)
  return fourthMs + ((Number(weekStamp.slice(5)) - 1) * daysOfWeek + 1 - weekdayOf(fourthMs)) * dayMs
}

/** 1 for Monday to 7 for Sunday. */
function weekdayOf (dateMs: number): number {
  return (new Date(dateMs).getUTCDay() + 6) % daysOfWeek + 1
}
