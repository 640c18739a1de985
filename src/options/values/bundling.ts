// Parses the option `bundle`: which periods are merged, when, and into which folder. It is compared with the other options, and its folder is checked,
// so that a bundle that could never be made is refused at once.
import { isAbsolute, dirname, relative, resolve, sep } from 'node:path'
import * as v from 'valibot'
import { parseCron, shortestGapMs } from './cron.js'
import { defaultBundle } from '../defaults.js'
import { isWindows } from '../../platform/operating-system.js'
import { faultOfFolderBelow } from '../faults/file-place.js'
import { bundleLimitsSchema } from './limits.js'
import { nearest } from '../faults/nearest.js'
import { reading, type Reading } from '../faults/option-reading.js'
import { scheduleIn, type Recurrence } from './recurrence.js'
import { members, section } from '../faults/section.js'
import { faultOfWindowsPath } from '../faults/windows-name.js'
import type { BundlePeriod, Bundling, Limits } from '../settings.js'
import { hasOwnKey } from '../../platform/own-key.js'

interface BundleCalendar {
  readonly period: BundlePeriod
  readonly recurrence: Recurrence
}

/** `bundle` by itself, before the log's zone and folder are known. */
export interface BundleReading {
  readonly calendar: BundleCalendar
  readonly directory: string
  readonly limits: Limits
}

/** What is wrong with one key of `bundle`, in view of the other options. */
export interface BundleFault {
  readonly key: 'frequency' | 'directory'
  readonly expected: string
}

const dayMs = 86_400_000
const hourMs = 3_600_000
/** No period is longer than this, including the hour by which clocks are put back. */
const longestMs: Readonly<Record<BundlePeriod, number>> = { month: 31 * dayMs + hourMs, week: 7 * dayMs + hourMs, day: dayMs + hourMs }

const calendars: Readonly<Record<string, BundleCalendar>> = {
  monthly: { period: 'month', recurrence: { kind: 'cron', expression: '0 0 1 * *' } },
  weekly: { period: 'week', recurrence: { kind: 'cron', expression: '0 0 * * 1' } },
  daily: { period: 'day', recurrence: { kind: 'cron', expression: '0 0 * * *' } }
}

function parseCalendar (raw: unknown): Reading<BundleCalendar> {
  const expected = '"monthly", "weekly", "daily" or a cron expression for months such as "0 3 1 * *"'
  if (typeof raw !== 'string') return { expected }
  const calendar = Object.hasOwn(calendars, raw) ? calendars[raw] : undefined
  if (calendar !== undefined) return { value: calendar }
  if (raw.trim().split(/\s+/).length >= 3) {
    const cron = parseCron(raw)
    return hasOwnKey(cron, 'value') ? { value: { period: 'month', recurrence: { kind: 'cron', expression: cron.value } } } : cron
  }
  const meant = nearest(raw, Object.keys(calendars))
  return { expected: meant === null || meant === raw ? expected : `${expected} (nearest: "${meant}")` }
}

function parseDirectory (raw: unknown): Reading<string> {
  const isPath = typeof raw === 'string' && raw.trim() !== '' && !raw.includes('\0')
  if (!isPath) return { expected: 'the path of a folder below that of "file", such as "archive"' }
  const windowsFault = isWindows() ? faultOfWindowsPath(raw) : null
  return windowsFault === null ? { value: raw } : { expected: windowsFault }
}

const objectSchema = v.pipe(
  section(
    members({
      frequency: v.optional(reading(parseCalendar), defaultBundle.frequency),
      directory: v.optional(reading(parseDirectory), defaultBundle.directory),
      limit: v.optional(bundleLimitsSchema, defaultBundle.limit)
    }),
    {
      expected: 'bundles such as { frequency: "monthly", directory: "archive" }, or false for none',
      knownElsewhere: { timezone: 'the zone is the option "timezone" beside "bundle"', compress: 'a bundle is always gzip' }
    }
  ),
  v.transform(({ frequency, directory, limit }): BundleReading => ({ calendar: frequency, directory, limits: limit }))
)

const none = v.pipe(v.unknown(), v.transform((): null => null))

/** Parses `bundle`: an object, or `false` for no bundles. */
export const bundleSchema: v.GenericSchema<unknown, BundleReading | null> = v.lazy(raw => raw === false ? none : objectSchema)

/** Adds the log's zone and folder to `bundle`. */
export function bundlingOf ({ calendar, directory, limits }: BundleReading, file: string, timezone: string): Bundling {
  return { period: calendar.period, schedule: scheduleIn(timezone, calendar.recurrence), directory: resolve(dirname(file), directory), limits }
}

/** What is wrong with the bundles' folder; null if it can hold them. */
export function faultOfDirectory ({ directory }: BundleReading, file: string, mayMakeFolders: boolean): BundleFault | null {
  const path = resolve(dirname(file), directory)
  const way = relative(dirname(file), path)
  if (way === '' || way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)) {
    return { key: 'directory', expected: `a folder below that of "file", ${dirname(file)}` }
  }
  const expected = faultOfFolderBelow(dirname(file), path, mayMakeFolders)
  return expected === null ? null : { key: 'directory', expected }
}

/** The fault of a log that is rotated less often than it is bundled: an archive would then hold lines of several periods. */
export function faultOfCalendar ({ calendar: { period } }: BundleReading, rotation: Recurrence | null): BundleFault | null {
  if (rotation === null) return null
  const everyMs = rotation.kind === 'interval' ? rotation.everyMs : shortestGapMs(rotation.expression)
  if (everyMs <= longestMs[period]) return null
  return { key: 'frequency', expected: `a period at least as long as that of "frequency", because an archive covers more than a ${period}` }
}
