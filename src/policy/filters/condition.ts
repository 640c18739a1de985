// The conditions that `cat` and the web page take: `--level warn`, `--match FIELD=VALUE`, `--grep TEXT`. Conditions are
// plain data, so they can be sent to another thread.
import type { Reading } from '../../options/faults/option-reading.js'
import { pinoLevelNames } from '../../pino-levels.js'
import { levelNumber } from '../lines/level.js'
import { partsOfMatch, type Operator } from './match-form.js'

/** A value as a person writes it. It equals a text, and also a number, boolean or null of the same spelling. */
export interface WantedValue {
  readonly text: string
  /** Null if the text is no number, or is in quotation marks. */
  readonly number: number | null
  /** In quotation marks it equals a text only. */
  readonly isQuoted: boolean
}

export interface Pattern {
  readonly source: string
  readonly flags: string
}

type FieldPath = readonly string[]
export type Ordering = Exclude<Operator, '=' | '!=' | '~'>

export type Condition =
  | { readonly kind: 'present', readonly path: FieldPath }
  | { readonly kind: 'equals', readonly path: FieldPath, readonly value: WantedValue }
  | { readonly kind: 'differs', readonly path: FieldPath, readonly value: WantedValue }
  | { readonly kind: 'ordered', readonly path: FieldPath, readonly ordering: Ordering, readonly value: WantedValue }
  | { readonly kind: 'fieldPattern', readonly path: FieldPath, readonly pattern: Pattern }
  | { readonly kind: 'text', readonly text: string }
  | { readonly kind: 'pattern', readonly pattern: Pattern }

const numberForm = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i
const patternForm = /^\/(.+)\/([a-z]*)$/s
const flagsForm = /^[imsu]*$/

/**
 * Parses `FIELD=VALUE` with any of the operators, or a field alone. Spaces around the operator and at the ends do not count.
 * Quotation marks keep them in a value, and slashes in a regular expression.
 */
export function parseMatch (text: string): Reading<Condition> {
  const { field = '', operator = null, value = '' } = partsOfMatch(text) ?? {}
  const path = field.split('.')
  if (path.includes('')) return { expected: 'FIELD=VALUE, a field alone, or FIELD with one of != > >= < <= ~ and a value' }
  switch (operator) {
    case null: return { value: { kind: 'present', path } }
    case '~': return withPattern(patternOf(value) ?? { source: value, flags: '' }, (pattern) => ({ kind: 'fieldPattern', path, pattern }))
    case '=': return { value: { kind: 'equals', path, value: wantedValue(value) } }
    case '!=': return { value: { kind: 'differs', path, value: wantedValue(value) } }
    case '>':
    case '>=':
    case '<':
    case '<=': return { value: { kind: 'ordered', path, ordering: operator, value: wantedValue(value) } }
  }
}

/** Parses a level, by name or number, as the condition that a line has at least that level. */
export function parseLevel (text: string): Reading<Condition> {
  if (levelNumber(text) === null && !numberForm.test(text)) return { expected: `${pinoLevelNames.join(', ')} or a number` }
  return { value: { kind: 'ordered', path: ['level'], ordering: '>=', value: wantedValue(text) } }
}

/** A line of this level or above. */
export function levelAndAbove (level: number): Condition {
  return { kind: 'ordered', path: ['level'], ordering: '>=', value: wantedValue(String(level)) }
}

/** Parses a text to search for, or `/RE/i` as a regular expression. */
export function parseGrep (text: string): Reading<Condition> {
  const pattern = patternOf(text)
  return pattern === null ? { value: { kind: 'text', text } } : withPattern(pattern, (read) => ({ kind: 'pattern', pattern: read }))
}

function patternOf (text: string): Pattern | null {
  const [, source, flags = ''] = patternForm.exec(text) ?? []
  return source === undefined ? null : { source, flags }
}

function withPattern (pattern: Pattern, made: (pattern: Pattern) => Condition): Reading<Condition> {
  if (!flagsForm.test(pattern.flags)) return { expected: `the flags i, m, s or u behind a regular expression, not ${JSON.stringify(pattern.flags)}` }
  const compiled = compile(pattern)
  return typeof compiled === 'string' ? { expected: `a valid regular expression (${compiled})` } : { value: made(pattern) }
}

/** Returns the expression, or an error message. */
function compile ({ source, flags }: Pattern): RegExp | string {
  try {
    return new RegExp(source, flags)
  } catch (error) {
    return String(error).replace(/^SyntaxError: Invalid regular expression: /, '')
  }
}

function wantedValue (text: string): WantedValue {
  const quoted = textInQuotes(text)
  if (quoted !== null) return { text: quoted, number: null, isQuoted: true }
  return { text, number: numberForm.test(text) ? Number(text) : null, isQuoted: false }
}

function textInQuotes (text: string): string | null {
  if (!/^".*"$/s.test(text)) return null
  try {
    return JSON.parse(text) as string
  } catch {
    return null // A text that happens to begin and end with the mark.
  }
}
