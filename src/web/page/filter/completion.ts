// What the filter line suggests while you type: fields that the lines have, then operators, then the field's frequent values.
import { partsOfMatch } from '../../../policy/filters/match-form.js'
import { fieldTerm, termRange, type Term } from './filter-line.js'
import { levelNames } from './level-terms.js'

export interface KnownField {
  readonly path: string
  readonly isNumeric: boolean
  readonly values: ReadonlyArray<{ readonly value: unknown, readonly count: number }>
}

export interface Suggestion {
  /** What replaces the typed word. */
  readonly text: string
  readonly note: string
}

export interface Completion {
  /** The part of the line that a suggestion replaces. */
  readonly from: number
  readonly to: number
  readonly suggestions: readonly Suggestion[]
}

const suggestionsMax = 12

/** The suggestions for the term that the caret is in. */
export function complete (line: string, caret: number, fields: readonly KnownField[]): Completion {
  const { from, to } = termRange(line, caret)
  const word = line.slice(from, caret)
  if (/^["/]/.test(word)) return { from, to, suggestions: [] }
  const { field = '', operator = null, value = '' } = partsOfMatch(word) ?? {}
  if (operator === null) return { from, to, suggestions: fieldsFor(field, fields).slice(0, suggestionsMax) }
  // A value is still to come. The word behind the space may be the next term.
  const valueTo = /^\s/.test(line.slice(caret)) ? caret : to
  return { from, to: valueTo, suggestions: valuesFor(field, operator, value, fields).slice(0, suggestionsMax) }
}

/** The line with the suggestion in the place of the word, and where the caret stands then. */
export function accept (line: string, { from, to }: Completion, { text }: Suggestion): { line: string, caret: number } {
  return { line: line.slice(0, from) + text + line.slice(to), caret: from + text.length }
}

function fieldsFor (word: string, fields: readonly KnownField[]): Suggestion[] {
  const wanted = word.replaceAll('\\ ', ' ').toLowerCase()
  const begins = fields.filter(({ path }) => path.toLowerCase().startsWith(wanted))
  const contains = fields.filter(({ path }) => !path.toLowerCase().startsWith(wanted) && path.toLowerCase().includes(wanted))
  return [...begins, ...contains].map(({ path, isNumeric }) => ({
    text: path === 'level' ? 'level>=' : `${path.replaceAll(' ', '\\ ')}${isNumeric ? '>=' : '='}`,
    note: isNumeric && path !== 'level' ? 'number' : 'field'
  }))
}

function valuesFor (name: string, operator: string, typed: string, fields: readonly KnownField[]): Suggestion[] {
  const wanted = typed.replace(/^"/, '').toLowerCase()
  if (name === 'level') return levelNames.filter((level) => level.startsWith(wanted)).map((level) => ({ text: `${name}${operator}${level}`, note: 'level' }))
  const field = fields.find(({ path }) => path.replaceAll(' ', '\\ ') === name)
  return (field?.values ?? [])
    .filter(({ value }) => String(value).toLowerCase().includes(wanted))
    .flatMap(({ value, count }) => {
      const term = fieldTerm([...name.replaceAll('\\ ', ' ').split('.')], '=', value)
      return term === null ? [] : [{ text: `${name}${operator}${valueOf(term)}`, note: `${count} lines` }]
    })
}

function valueOf (term: Term): string {
  return term.kind === 'field' ? term.value : term.source
}
