// Checks a parsed line against a condition. Every search by bytes must agree with it.
import type { Condition, Ordering, WantedValue } from './condition.js'
import { fieldAt } from '../lines/field-path.js'
import { levelNumber, levelOf } from '../lines/level.js'

/** Decides about a line, given its text and its JSON; the JSON is null if it is no object. */
export type Check = (record: Record<string, unknown> | null, line: string) => boolean

/** Makes the check of a condition. A condition on a field is only true for JSON objects. */
export function checkOf (condition: Condition): Check {
  switch (condition.kind) {
    case 'text': return (_record, line) => line.includes(condition.text)
    case 'pattern': {
      const pattern = new RegExp(condition.pattern.source, condition.pattern.flags)
      return (_record, line) => pattern.test(line)
    }
    case 'present': return (record) => fieldAt(record, condition.path) !== undefined
    case 'equals': return (record) => record !== null && equals(fieldAt(record, condition.path), condition.value, isLevel(condition.path))
    case 'differs': return (record) => record !== null && !equals(fieldAt(record, condition.path), condition.value, isLevel(condition.path))
    case 'ordered': return (record) => record !== null && isOrdered(fieldAt(record, condition.path), condition.ordering, condition.value, isLevel(condition.path))
    case 'fieldPattern': {
      const pattern = new RegExp(condition.pattern.source, condition.pattern.flags)
      return (record) => record !== null && fulfils(fieldAt(record, condition.path), pattern)
    }
  }
}

/** Whether the path is that of pino's level, whose values are also ordered by name. */
export function isLevel (path: readonly string[]): boolean {
  return path.length === 1 && path[0] === 'level'
}

/** The number of the requested level; null if the value is no level. */
export function wantedLevel ({ text, number, isQuoted }: WantedValue): number | null {
  return isQuoted ? null : number ?? levelNumber(text)
}

/** Whether the first number is in this order to the second. */
export function compares (a: number | string, ordering: Ordering, b: number | string): boolean {
  switch (ordering) {
    case '>': return a > b
    case '>=': return a >= b
    case '<': return a < b
    case '<=': return a <= b
  }
}

function equals (value: unknown, wanted: WantedValue, asLevel: boolean): boolean {
  if (asLevel && levelOf(value) === wantedLevel(wanted)) return true
  if (typeof value === 'string') return value === wanted.text
  if (typeof value === 'number') return value === wanted.number
  return isWord(value) && !wanted.isQuoted && String(value) === wanted.text
}

// Numbers are compared with numbers, and texts, such as times in ISO 8601, with texts.
function isOrdered (value: unknown, ordering: Ordering, wanted: WantedValue, asLevel: boolean): boolean {
  const level = asLevel ? wantedLevel(wanted) : null
  if (level !== null) return compares(levelOf(value), ordering, level)
  if (typeof value === 'number') return wanted.number !== null && compares(value, ordering, wanted.number)
  return typeof value === 'string' && wanted.number === null && compares(value, ordering, wanted.text)
}

function fulfils (value: unknown, pattern: RegExp): boolean {
  return (typeof value === 'string' || typeof value === 'number' || isWord(value)) && pattern.test(String(value))
}

function isWord (value: unknown): value is boolean | null {
  return value === null || typeof value === 'boolean'
}
