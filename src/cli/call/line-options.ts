// The options that select lines: times, levels, fields and texts.
import { systemClock } from '../../clock.js'
import type { Reading } from '../../options/faults/option-reading.js'
import { parseTimezone } from '../../options/values/timezone.js'
import { parseGrep, parseLevel, parseMatch, type Condition } from '../../policy/filters/condition.js'
import type { LineQuery } from '../../policy/filters/line-scan.js'
import { usualTimeKeys } from '../../policy/lines/line-time.js'
import type { Window } from '../../policy/filters/line-window.js'
import type { Call, OptionsHelp } from './command.js'
import { readWindow } from './instant.js'
import { UsageError } from './usage-error.js'

export const timeOptions = {
  since: { type: 'string', placeholder: 'TIME', help: 'only lines of this time or later: 02:10, yesterday, 2025-10-01, 2025-10-01T12:00:00Z, 1h30m for that long ago, seconds or milliseconds since 1970' },
  until: { type: 'string', placeholder: 'TIME', help: 'only lines of this time or earlier; a date includes its whole day' },
  timezone: { type: 'string', placeholder: 'ZONE', help: 'the zone of times without an offset: UTC, local or Europe/Berlin. The default is the zone in the options, or else the local one' },
  'time-key': { type: 'string', placeholder: 'KEY', help: 'the key of a line\'s time. The default is time, timestamp, @timestamp or ts' }
} as const satisfies OptionsHelp

export const filterOptions = {
  level: { type: 'string', placeholder: 'LEVEL', help: 'only lines of this level and above: warn, or a number' },
  match: { type: 'string', multiple: true, placeholder: 'FIELD=VALUE', help: 'only lines with this field. Also != > >= < <= and ~ for a regular expression; A field alone: the line has it. req.url: inside an object. Repeat it for several conditions, which must all hold' },
  grep: { type: 'string', multiple: true, placeholder: 'TEXT', help: 'only lines with this text; /RE/i: a regular expression. Repeat it for several conditions, which must all hold' }
} as const satisfies OptionsHelp

/** The zone of a call's times: the call's own, or else the one in the options, or else the system's. */
export function timezoneOf ({ values }: Pick<Call, 'values'>, named: unknown): string {
  const given = values.get('timezone')
  const zone = parseTimezone(given ?? named ?? 'local')
  if ('value' in zone) return zone.value
  if (given === undefined) return 'UTC' // the system's zone has no name, or another check refuses the options' zone
  throw new UsageError(`--timezone: expected ${zone.expected}, received ${JSON.stringify(given)}`)
}

/** Parses which lines a call requests. */
export function lineQueryOf (call: Pick<Call, 'values' | 'lists'>, timezone: string): LineQuery {
  const timeKey = call.values.get('time-key')
  return { conditions: conditionsOf(call), window: windowOf(call, timezone), timeKeys: timeKey === undefined ? usualTimeKeys : [timeKey] }
}

/** Parses the requested time window; null if the call requests all times. */
function windowOf ({ values }: Pick<Call, 'values'>, timezone: string): Window | null {
  const [since, until] = [values.get('since'), values.get('until')]
  return since === undefined && until === undefined ? null : readWindow(since, until, { nowMs: systemClock.now(), timezone })
}

/** Parses an option that is a whole number of at least `least`; null if it is missing. */
export function countOf ({ values }: Pick<Call, 'values'>, name: string, least: number): number | null {
  const text = values.get(name)
  if (text === undefined) return null
  const count = /^\d{1,15}$/.test(text) ? Number(text) : NaN
  if (count >= least) return count
  throw new UsageError(`--${name}: expected a whole number${least > 0 ? ` of at least ${least}` : ''}, received ${JSON.stringify(text)}`)
}

function conditionsOf ({ values, lists }: Pick<Call, 'values' | 'lists'>): Condition[] {
  const level = values.get('level')
  return [
    ...level === undefined ? [] : [accepted('level', level, parseLevel(level))],
    ...(lists.get('match') ?? []).map((text) => accepted('match', text, parseMatch(text))),
    ...(lists.get('grep') ?? []).map((text) => accepted('grep', text, parseGrep(text)))
  ]
}

function accepted (option: string, text: string, reading: Reading<Condition>): Condition {
  if ('value' in reading) return reading.value
  throw new UsageError(`--${option}: expected ${reading.expected}, received ${JSON.stringify(text)}`)
}
