// Reads `--since` and `--until`: a date, a time of day, an age or an instant. `--timezone` says which clocks they mean.
import { systemClock } from '../../clock.js'
import { parseDuration } from '../../options/values/duration.js'
import { parseTimezone } from '../../options/values/timezone.js'
import type { Window } from '../../policy/filters/line-window.js'
import { instantOf, lastInstantOf, wallClock } from '../../policy/schedule/wall-clock.js'
import type { Call, OptionsHelp } from './command.js'
import { UsageError } from './usage-error.js'
import { hasOwnKey } from '../../platform/own-key.js'

const dayMs = 86_400_000
const examples = 'write 02:10, yesterday, 2025-10-01, 2025-10-01T12:00:00Z, 1h30m for that long ago, or seconds or milliseconds since 1970'

export const timeOptions = {
  since: { type: 'string', placeholder: 'TIME', help: 'only lines of this time or later: 02:10, yesterday, 2025-10-01, 2025-10-01T12:00:00Z, 1h30m for that long ago, seconds or milliseconds since 1970' },
  until: { type: 'string', placeholder: 'TIME', help: 'only lines of this time or earlier; a date includes its whole day' },
  timezone: { type: 'string', placeholder: 'ZONE', help: 'the zone of times without an offset: UTC, local or Europe/Berlin. The default is the zone in the options, or else the local one' },
  'time-key': { type: 'string', placeholder: 'KEY', help: 'the key of a line\'s time. The default is time, timestamp, @timestamp or ts' }
} as const satisfies OptionsHelp

/** The present time, and the zone of times without an offset. */
export interface Here {
  readonly nowMs: number
  readonly timezone: string
}

/** The time that a text names: a moment, a whole day, or from the first to the last instant when the clocks show it. */
interface Stretch {
  readonly fromMs: number
  readonly toMs: number
  /** Whether it is a time of day without a date, which may be on another day. */
  readonly isOfAnyDay: boolean
}

/** The zone of a call's times: the call's own, or else the one in the options, or else the system's. */
export function timezoneOf ({ values }: Pick<Call, 'values'>, named: unknown): string {
  const given = values.get('timezone')
  // Finding the system's zone takes some 40 ms, so a call without times leaves it out.
  if (!['timezone', 'since', 'until', 'by'].some((option) => values.has(option))) return 'UTC'
  const zone = parseTimezone(given ?? named ?? 'local')
  if (hasOwnKey(zone, 'value')) return zone.value
  if (given === undefined) return 'UTC' // the system's zone has no name, or another check refuses the options' zone
  throw new UsageError(`--timezone: expected ${zone.expected}, received ${JSON.stringify(given)}`)
}

/** Parses the requested time window; null if the call requests all times. */
export function windowOf ({ values }: Pick<Call, 'values'>, timezone: string): Window | null {
  const [since, until] = [values.get('since'), values.get('until')]
  return since === undefined && until === undefined ? null : readWindow(since, until, { nowMs: systemClock.now(), timezone })
}

/** Parses the window between two texts, each of which may be missing, or throws a UsageError. */
export function readWindow (since: string | undefined, until: string | undefined, here: Here): Window {
  const sinceMs = since === undefined ? -Infinity : readStretch('--since', since, here).fromMs
  const end = until === undefined ? null : readStretch('--until', until, here)
  // From 23:50 to 00:10, the end is on the next day.
  const untilMs = end === null ? Infinity : end.isOfAnyDay && end.toMs < sinceMs ? dayLater(end.toMs, here.timezone) : end.toMs
  if (sinceMs > untilMs) throw new UsageError('--since is later than --until: no time is between them')
  return { sinceMs, untilMs }
}

function readStretch (option: string, text: string, here: Here): Stretch {
  const written = text.trim().toLowerCase()
  const stretch = instantOfAge(written, here) ?? instantSinceEpoch(written) ?? instantWithOffset(written) ?? onWall(written, here)
  if (stretch === null) throw new UsageError(`${option} ${JSON.stringify(text)} is no time: ${examples}`)
  return stretch
}

function moment (atMs: number): Stretch {
  return { fromMs: atMs, toMs: atMs, isOfAnyDay: false }
}

function instantOfAge (text: string, { nowMs }: Here): Stretch | null {
  if (text === 'now') return moment(nowMs)
  const age = text.replace(/\s+ago$/, '').replace(/(\d)\s*(week|day|hour|minute|min|second|sec)s?\b/g, (_, digit: string, unit: string) => digit + unit.charAt(0))
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[smhdw])\s*)+$/.test(age)) return null
  let ageMs = 0
  for (const [part] of age.matchAll(/[\d.]+[a-z]+/g)) {
    const duration = parseDuration(part)
    if (!hasOwnKey(duration, 'value')) return null
    ageMs += duration.value
  }
  return moment(nowMs - ageMs)
}

// Seconds have ten digits until the year 2286. Numbers below nine digits are refused, except 0, since they are mostly mistakes.
function instantSinceEpoch (text: string): Stretch | null {
  const [, whole, fraction = ''] = /^(0|\d{9,13})(\.\d+)?$/.exec(text) ?? []
  if (whole === undefined) return null
  const number = Number(whole + fraction)
  return moment(whole.length <= 10 ? number * 1000 : number)
}

function instantWithOffset (text: string): Stretch | null {
  if (!/^\d{4}-\d{2}-\d{2}[t ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?\s*(?:z|[+-]\d{2}(?::?\d{2})?)$/.test(text)) return null
  const atMs = Date.parse(text.toUpperCase().replace(' ', 'T').replace(',', '.').replace(/\s+/g, '').replace(/[+-]\d{2}$/, '$&:00'))
  return Number.isNaN(atMs) || !isDate(text.slice(0, 10)) ? null : moment(atMs)
}

// A day, a time of day, or both, by the zone's clocks.
function onWall (text: string, here: Here): Stretch | null {
  const [, day, time] = /^(today|yesterday|\d{4}-\d{2}-\d{2})?(?:(?:^|[t ])\s*(\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?))?$/.exec(text) ?? []
  if (day === undefined && time === undefined) return null
  const timeMs = time === undefined ? 0 : timeOfDay(time)
  const dateMs = day === undefined ? todayOf(here) : dateOf(day, here)
  if (timeMs === null || dateMs === null) return null
  if (time === undefined) return { fromMs: instantOf(dateMs, here.timezone), toMs: instantOf(dateMs + dayMs, here.timezone) - 1, isOfAnyDay: false }
  const shown = shownAt(dateMs + timeMs, here)
  if (day !== undefined) return shown
  // A time of day means the last one that has passed.
  return { ...shown.fromMs > here.nowMs ? shownAt(dateMs + timeMs - dayMs, here) : shown, isOfAnyDay: true }
}

// When clocks go back, they show an hour twice. The second time counts for `--until` once it has passed.
function shownAt (wallMs: number, { nowMs, timezone }: Here): Stretch {
  const [fromMs, lastMs] = [instantOf(wallMs, timezone), lastInstantOf(wallMs, timezone)]
  return { fromMs, toMs: lastMs > nowMs && fromMs <= nowMs ? fromMs : lastMs, isOfAnyDay: false }
}

function dateOf (day: string, here: Here): number | null {
  if (day === 'today') return todayOf(here)
  if (day === 'yesterday') return todayOf(here) - dayMs
  return isDate(day) ? Date.parse(day) : null
}

// Date.parse reads the 31st of June as the 1st of July.
function isDate (day: string): boolean {
  const dateMs = Date.parse(day)
  return !Number.isNaN(dateMs) && new Date(dateMs).toISOString().startsWith(day)
}

function timeOfDay (time: string): number | null {
  const [hours = 0, minutes = 0, seconds = 0] = time.replace(',', '.').split(':').map(Number)
  const timeMs = ((hours * 60 + minutes) * 60 + seconds) * 1000
  // 24:00 is the end of the day.
  return timeMs > dayMs || minutes > 59 || seconds >= 60 ? null : timeMs
}

function todayOf ({ nowMs, timezone }: Here): number {
  return Math.floor(wallClock(nowMs, timezone) / dayMs) * dayMs
}

function dayLater (atMs: number, timezone: string): number {
  return instantOf(wallClock(atMs, timezone) + dayMs, timezone) + atMs % 1000
}
