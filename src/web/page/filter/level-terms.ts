// Which levels the filter line shows. The page counts all levels and hides some itself, so that a chip keeps its number.
import type { Operator } from '../../../policy/filters/match-form.js'
import { parseFilterLine, type Term } from './filter-line.js'

export const levelNames = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const

/** The number of a level's name, as pino has it; null for a name of the application's own. */
export function levelNumber (name: string): number | null {
  const index = (levelNames as readonly string[]).indexOf(name.toLowerCase())
  if (index >= 0) return (index + 1) * 10
  return name.trim() !== '' && Number.isFinite(Number(name)) ? Number(name) : null
}

/** The name of a line's level, whether it is a number or a name. */
export function levelName (level: unknown): string {
  if (typeof level === 'number') return levelNames[level / 10 - 1] ?? String(level)
  return typeof level === 'string' ? level.toLowerCase() : ''
}

/** Whether the term only chooses levels. */
export function isLevelTerm (term: Term): boolean {
  return term.kind === 'field' && term.field === 'level' && term.operator !== null && term.operator !== '~' && levelNumber(unquotedValue(term.value)) !== null
}

/** Whether the terms show the level. */
export function showsLevel (terms: readonly Term[], name: string): boolean {
  return terms.every((term) => !isLevelTerm(term) || term.kind !== 'field' || holds(term.operator, levelNumber(name), levelNumber(unquotedValue(term.value))))
}

/** The terms after a click on the chip of a level, which shows or hides it. */
export function toggleLevel (terms: readonly Term[], name: string, present: readonly string[]): Term[] {
  const shown = present.filter((level) => showsLevel(terms, level) !== (level === name))
  return [...levelTermsFor(shown, present), ...terms.filter((term) => !isLevelTerm(term))]
}

/** The terms after a double click on the chip of a level, which shows that level alone. */
export function onlyLevel (terms: readonly Term[], name: string): Term[] {
  return [...written([`level=${name}`]), ...terms.filter((term) => !isLevelTerm(term))]
}

// The shortest wording: nothing, one bound from below, one level, or each hidden level by its name.
function levelTermsFor (shown: readonly string[], present: readonly string[]): Term[] {
  const hidden = present.filter((level) => !shown.includes(level))
  if (hidden.length === 0 || shown.length === 0) return []
  const numberOf = (level: string): number => levelNumber(level) ?? 0
  const lowest = shown.toSorted((a, b) => numberOf(a) - numberOf(b))[0] ?? ''
  if (shown.length === 1 && present.some((level) => numberOf(level) > numberOf(lowest))) return written([`level=${lowest}`])
  if (hidden.every((level) => numberOf(level) < numberOf(lowest))) return written([`level>=${lowest}`])
  return written(hidden.map((level) => `level!=${level}`))
}

function written (sources: readonly string[]): Term[] {
  const line = parseFilterLine(sources.join(' '))
  return line.kind === 'terms' ? [...line.terms] : []
}

function holds (operator: Operator | null, level: number | null, bound: number | null): boolean {
  if (bound === null) return true
  if (level === null) return operator === '!='
  switch (operator) {
    case '=': return level === bound
    case '!=': return level !== bound
    case '>': return level > bound
    case '>=': return level >= bound
    case '<': return level < bound
    case '<=': return level <= bound
    case '~':
    case null: return true
  }
}

function unquotedValue (value: string): string {
  return value.replace(/^"(.*)"$/s, '$1')
}
