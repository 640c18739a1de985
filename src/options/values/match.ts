// Parses what a line must have to match: the option `match` of a route, and `rotateWhen`. It also tells whether one match takes every line that another
// could.
import { pinoLevelNames, pinoLevels } from '../../pino-levels.js'
import { nearest } from '../faults/nearest.js'
import type { LevelNumbers } from './level-numbers.js'
import type { Level } from '../options.js'
import type { FieldValue, Match } from '../settings.js'

/** What is wrong with one option, with the keys that lead to it. */
export interface Fault {
  readonly keys: readonly string[]
  readonly expected: string
}

const levels: Readonly<Record<string, number>> = pinoLevels satisfies Readonly<Record<Exclude<Level, number>, number>>
const example = 'what a line must have, such as { level: "error" } or { kind: "request" }'

/** Parses a match, or tells everything that is wrong with it. `told`: the numbers of levels that pino told already. */
export function readMatch (raw: unknown, told: LevelNumbers = {}): { readonly match: Match } | { readonly faults: Fault[] } {
  if (typeof raw !== 'object' || raw === null || Object.prototype.toString.call(raw) !== '[object Object]') {
    return { faults: [{ keys: [], expected: example }] }
  }
  const given = Object.entries(raw).filter(([, value]) => value !== undefined)
  if (given.length === 0) return { faults: [{ keys: [], expected: `${example}; an empty object would match every line` }] }
  const faults: Fault[] = []
  let levelMin: number | null = null
  const fields: Array<[string, FieldValue]> = []
  for (const [key, value] of given) {
    if (key === 'level') {
      levelMin = readLevel(value, told) ?? unknownLevel(value)
      if (levelMin === null) faults.push({ keys: [key], expected: expectedLevel(value) })
    } else if (isFieldValue(value)) fields.push([key, value])
    else faults.push({ keys: [key], expected: 'a value that a field of a line can have: text, a finite number, true, false or null' })
  }
  const { level } = raw as { level?: unknown }
  return faults.length > 0 ? { faults } : { match: { levelMin, levelName: typeof level === 'string' ? level : null, fields } }
}

/** Whether the first match takes every line that the second could. */
export function takesAllOf (first: Match, second: Match): boolean {
  if (first.levelMin !== null && !reaches(second, first.levelMin, first.levelName)) return false
  return first.fields.every(([field, value]) => second.fields.some(([otherField, otherValue]) => otherField === field && otherValue === value))
}

/** Reads a level by its name or its number; null for neither. `told`: the numbers of levels that pino told already. */
export function readLevel (value: unknown, told: LevelNumbers = {}): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value !== 'string') return null
  return [told, levels].find((known) => Object.hasOwn(known, value))?.[value] ?? null
}

/** What a level is expected to be, with the nearest name. */
export function expectedLevel (value: unknown): string {
  const meant = typeof value === 'string' ? nearest(value, pinoLevelNames) : null
  return meant === null
    ? `one of pino's levels (${pinoLevelNames.join(', ')}) or the number of a custom level`
    : `one of pino's levels (nearest: "${meant}") or the number of a custom level`
}

// The name of a level that only the logger knows. A name that looks like a slip is refused at once, since most are.
function unknownLevel (value: unknown): number | null {
  return typeof value === 'string' && value !== '' && nearest(value, Object.keys(levels)) === null ? Infinity : null
}

// Whether no line below the level can match. A level without a number yet can only be compared with itself.
function reaches ({ levelMin, levelName }: Match, wantedMin: number, wantedName: string | null): boolean {
  if (levelMin === null) return false
  return levelMin === Infinity || wantedMin === Infinity ? levelName === wantedName : levelMin >= wantedMin
}

// JSON has only finite numbers, and writes -0 as 0.
function isFieldValue (value: unknown): value is FieldValue {
  return value === null || typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))
}
