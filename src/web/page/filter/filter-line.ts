// The language of the filter line: `level>=warn reqId=abc res.statusCode>=500 "text" /re/`. Each term becomes one `match` or
// one `grep` of the server's API, with the spelling that `cat --match` and `cat --grep` take.
import { operatorCharacters, operatorSource, type Operator } from '../../../policy/filters/match-form.js'

/** `source` is the term as it stands in the line. */
export type Term =
  | { readonly kind: 'field', readonly source: string, readonly field: string, readonly operator: Operator | null, readonly value: string }
  | { readonly kind: 'text', readonly source: string, readonly text: string }
  | { readonly kind: 'pattern', readonly source: string }

export type FilterLine =
  | { readonly kind: 'terms', readonly terms: readonly Term[] }
  | { readonly kind: 'fault', readonly message: string }

// A term ends at a white space outside quotation marks and outside a regular expression.
const quotedForm = /^"((?:[^"\\]|\\.)*)"(?=\s|$)/s
const patternForm = /^\/(?:[^/\\]|\\.)+\/[a-z]*(?=\s|$)/s
// Spaces may stand around the operator, as in `cat --match`.
const fieldSource = String.raw`((?!\/)(?:\\.|[^\s"\\${operatorCharacters}])+)`
const valueSource = String.raw`("(?:[^"\\]|\\.)*"|\/(?:[^/\\]|\\.)+\/[a-z]*|(?:\\ |\S)*)`
const fieldForm = new RegExp(String.raw`^${fieldSource}(?:\s*(${operatorSource})(?:\s+(?=\S))?${valueSource})?(?=\s|$)`, 's')
/** A field at the end of a line, whose value is still to come or lacks its closing quotation mark. */
const unfinishedForm = new RegExp(String.raw`^${fieldSource}\s*(?:${operatorSource})\s*(?:"(?:[^"\\]|\\.)*\\?)?$`, 's')

/** Parses the filter line. */
export function parseFilterLine (line: string): FilterLine {
  const terms: Term[] = []
  let rest = line.trimStart()
  while (rest !== '') {
    const term = firstTerm(rest)
    if (term === null) return { kind: 'fault', message: `Expected a field, "text" or /pattern/, received ${rest.split(/\s/, 1)[0] ?? ''}` }
    terms.push(term)
    rest = rest.slice(term.source.length).trimStart()
  }
  return { kind: 'terms', terms }
}

/** The line that says the terms. */
export function formatFilterLine (terms: readonly Term[]): string {
  return terms.map((term, index) => index < terms.length - 1 ? `${term.source}${valueOfNone(term)}` : term.source).join(' ')
}

/** The part of the line that the caret's term takes up. It is empty between two terms. */
export function termRange (line: string, caret: number): { readonly from: number, readonly to: number } {
  for (let from = spaceEnd(line, 0); from <= caret && from < line.length;) {
    const to = from + termLength(line.slice(from))
    if (caret <= to) return { from, to }
    from = spaceEnd(line, to)
  }
  return { from: caret, to: caret }
}

function spaceEnd (line: string, position: number): number {
  return line.length - line.slice(position).trimStart().length
}

// A word that is no term is a term that is still being typed.
function termLength (text: string): number {
  if (unfinishedForm.test(text)) return text.length
  return firstTerm(text)?.source.length ?? (/^["/]/.test(text) ? text.length : text.search(/\s|$/))
}

// Without a value, a term would take the next term for it.
function valueOfNone (term: Term): string {
  if (term.kind !== 'field' || term.operator === null || term.value !== '') return ''
  return term.operator === '~' ? '/(?:)/' : '""'
}

/** The terms as the parameters of the API. */
export function queryOfTerms (terms: readonly Term[]): Array<['match' | 'grep', string]> {
  return terms.map((term) => queryOf(term))
}

/** The term that a click on a field makes; null if the language has none for such a field. */
export function fieldTerm (path: readonly string[], operator: '=' | '!=', value: unknown): Term | null {
  if (typeof value === 'object' && value !== null) return null
  const field = path.join('.')
  if (/^\//.test(field) || field.split('.').some((name) => name === '' || /[=!<>~"\\]|[^\S ]/.test(name) || name !== name.trim())) return null
  const written = typeof value === 'string' ? writtenText(value) : String(value)
  return { kind: 'field', source: `${escapeSpaces(field)}${operator}${written}`, field, operator, value: written }
}

/** The terms with one more. An opposite or equal term on the same field and value is replaced. */
export function withTerm (terms: readonly Term[], added: Term): Term[] {
  const isSame = (term: Term): boolean => term.kind === 'field' && added.kind === 'field' && term.field === added.field && term.value === added.value
  return [...terms.filter((term) => !isSame(term) && term.source !== added.source), added]
}

function queryOf (term: Term): ['match' | 'grep', string] {
  switch (term.kind) {
    case 'field': return ['match', `${term.field}${term.operator ?? ''}${term.value}`]
    case 'text': return ['grep', literalText(term.text)]
    case 'pattern': return ['grep', term.source]
  }
}

function firstTerm (text: string): Term | null {
  const [quoted, content] = quotedForm.exec(text) ?? []
  if (quoted !== undefined && content !== undefined) return { kind: 'text', source: quoted, text: unquoted(quoted, content) }
  const [pattern] = patternForm.exec(text) ?? []
  if (pattern !== undefined) return { kind: 'pattern', source: pattern }
  const [source, field, operator, value = ''] = fieldForm.exec(text) ?? []
  if (source === undefined || field === undefined) return null
  return { kind: 'field', source, field: unescapeSpaces(field), operator: (operator ?? null) as Operator | null, value: value.startsWith('"') ? value : unescapeSpaces(value) }
}

function unquoted (quoted: string, content: string): string {
  try {
    return JSON.parse(quoted) as string
  } catch {
    return content // A backslash that is no escape of JSON stands for itself.
  }
}

// A text in slashes would be taken for a regular expression, so it is asked for as one.
function literalText (text: string): string {
  return /^\/.+\/[a-z]*$/s.test(text) ? `/${text.replaceAll(/[/\\^$.*+?()[\]{}|]/g, '\\$&')}/` : text
}

// Without quotation marks a value would also equal a number or null of the same spelling.
function writtenText (text: string): string {
  const isPlain = /^[^\s"\\/]+$/.test(text) && !/^(?:-?\d.*|true|false|null)$/i.test(text)
  return isPlain ? text : JSON.stringify(text)
}

function escapeSpaces (text: string): string {
  return text.replaceAll(' ', '\\ ')
}

function unescapeSpaces (text: string): string {
  return text.replaceAll('\\ ', ' ')
}
