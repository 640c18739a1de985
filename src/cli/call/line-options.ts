// The options that select lines by level, field and text. `--since` and `--until` are in since-and-until.ts.
import type { Reading } from '../../options/faults/option-reading.js'
import { parseGrep, parseLevel, parseMatch, type Condition } from '../../policy/filters/condition.js'
import type { LineQuery } from '../../policy/filters/line-scan.js'
import { usualTimeKeys } from '../../policy/lines/line-time.js'
import type { Call, OptionsHelp } from './command.js'
import { windowOf } from './since-and-until.js'
import { UsageError } from './usage-error.js'
import { hasOwnKey } from '../../platform/own-key.js'

export const filterOptions = {
  level: { type: 'string', placeholder: 'LEVEL', help: 'only lines of this level and above: warn, or a number' },
  match: { type: 'string', multiple: true, placeholder: 'FIELD=VALUE', help: 'only lines with this field. Also != > >= < <= and ~ for a regular expression; a field alone means that the line has it. req.url reaches inside an object. Repeat it for several conditions, which must all hold' },
  grep: { type: 'string', multiple: true, placeholder: 'TEXT', help: 'only lines with this text; /RE/i: a regular expression. Repeat it for several conditions, which must all hold' }
} as const satisfies OptionsHelp

/** Parses which lines a call requests. */
export function lineQueryOf (call: Pick<Call, 'values' | 'lists'>, timezone: string): LineQuery {
  const timeKey = call.values.get('time-key')
  return { conditions: conditionsOf(call), window: windowOf(call, timezone), timeKeys: timeKey === undefined ? usualTimeKeys : [timeKey] }
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
  if (hasOwnKey(reading, 'value')) return reading.value
  throw new UsageError(`--${option}: expected ${reading.expected}, received ${JSON.stringify(text)}`)
}
