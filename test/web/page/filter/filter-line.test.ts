// The language of the filter line, checked against the parser that `cat --match` uses.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseGrep, parseMatch } from '../../../../src/policy/filters/condition.js'
import { fieldTerm, formatFilterLine, parseFilterLine, queryOfTerms, withTerm, type Term } from '../../../../src/web/page/filter/filter-line.js'

function terms (line: string): readonly Term[] {
  const parsed = parseFilterLine(line)
  if (parsed.kind === 'fault') throw new Error(parsed.message)
  return parsed.terms
}

const queries = (line: string): string[] => queryOfTerms(terms(line)).map(([name, value]) => `${name} ${value}`)

test.each([
  ['level>=warn reqId=abc res.statusCode>=500 "text" /re/', ['match level>=warn', 'match reqId=abc', 'match res.statusCode>=500', 'grep text', 'grep /re/']],
  ['  err   a!=b ', ['match err', 'match a!=b']],
  ['msg="hello world" x<1 y<=2 z>3', ['match msg="hello world"', 'match x<1', 'match y<=2', 'match z>3']],
  ['msg~/time out/i', ['match msg~/time out/i']],
  ['msg~^a.b$', ['match msg~^a.b$']],
  ['"a \\"quoted\\" word"', ['grep a "quoted" word']],
  ['"/no/"', ['grep /\\/no\\//']],
  ['my\\ field=1', ['match my field=1']],
  ['reqId=', ['match reqId=']],
  ['url=/a/b/c', ['match url=/a/b/c']],
  ['x="5"', ['match x="5"']],
  ['n= 5 a', ['match n=5', 'match a']],
  ['n =5', ['match n=5']],
  ['a n = 5 b', ['match a', 'match n=5', 'match b']],
  ['msg =  "hello world" x', ['match msg="hello world"', 'match x']],
  ['msg ~ /time out/i level >= warn', ['match msg~/time out/i', 'match level>=warn']],
  ['my\\ field != x', ['match my field!=x']],
  ['reqId= ', ['match reqId=']],
  ['', []]
])('asks the server for the terms of %s', (line, expected) => {
  expect(queries(line)).toEqual(expected)
})

test('reads a condition as cat --match does, with or without spaces around its operator', () => {
  const spaces = fc.constantFrom('', ' ', '  ', '\t')
  const value = fc.constantFrom('5', 'x', '"two words"', '"say \\"x\\""', '/time out/i', '-1.5', 'a=b', '')
  fc.assert(fc.property(fc.constantFrom('n', 'res.statusCode', 'a-b'), spaces, fc.constantFrom('=', '!=', '>', '>=', '<', '<=', '~'), spaces, value, (field, before, operator, after, wanted) => {
    const text = `${field}${before}${operator}${after}${wanted}`
    const [[name, asked] = [], ...more] = queryOfTerms(terms(text))
    expect({ name, more, condition: parseMatch(asked ?? '') }).toEqual({ name: 'match', more: [], condition: parseMatch(text) })
  }))
})

test('keeps a term without a value apart from the next term', () => {
  for (const operator of ['=', '!=', '~']) {
    const line = formatFilterLine([...terms(`reqId${operator}`), ...terms('level>=warn')])
    expect(terms(line)).toHaveLength(2)
    expect(parseMatch(queries(line)[0]?.slice('match '.length) ?? '')).toMatchObject({ value: { path: ['reqId'], ...operator === '~' ? { pattern: { source: '(?:)' } } : { value: { text: '' } } } })
  }
})

test.each(['=5', '>=warn', '"open', '/open', 'a "b', '~x', '!x'])('names the term that is wrong in %s', (line) => {
  expect(parseFilterLine(line)).toMatchObject({ kind: 'fault' })
})

test('writes a line that reads as the same terms', () => {
  for (const line of ['level>=warn  a=b "text" /re/i', 'msg~/a b/ my\\ field="x y"']) {
    expect(terms(formatFilterLine(terms(line)))).toEqual(terms(line))
  }
})

test('finds exactly the clicked value again, whatever its text is', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null), fc.constantFrom('5', 'true', 'null', '/a/', '"', '\\', 'a b')), (value) => {
    const term = fieldTerm(['a', 'b'], '=', value)
    expect(term).not.toBeNull()
    const [query] = queryOfTerms(terms(formatFilterLine([term as Term])))
    const condition = parseMatch(query?.[1] ?? '')
    expect(condition).toMatchObject({ value: { kind: 'equals', path: ['a', 'b'] } })
    const wanted = (condition as { value: { value: { text: string, number: number | null, isQuoted: boolean } } }).value.value
    // JSON has no negative zero, so 0 stands for it.
    if (typeof value === 'number') expect(wanted.number).toBe(value === 0 ? 0 : value)
    else expect(wanted.text).toBe(String(value))
    if (typeof value === 'string' && wanted.number !== null) throw new Error('a text is asked for as a number')
  }))
})

test('searches for a quoted text as it stands, never as a regular expression', () => {
  fc.assert(fc.property(fc.string({ minLength: 1 }), (text) => {
    const [query] = queryOfTerms(terms(JSON.stringify(text)))
    const condition = parseGrep(query?.[1] ?? '')
    if (!('value' in condition)) throw new Error(condition.expected)
    if (condition.value.kind === 'text') expect(condition.value.text).toBe(text)
    else if (condition.value.kind === 'pattern') expect(new RegExp(condition.value.pattern.source).exec(text)?.[0]).toBe(text)
  }))
})

test('has no term for a field whose name the language cannot say', () => {
  for (const name of ['a=b', 'a"b', '', ' a', 'a..b', '.a', 'a.', 'a\u2028b', '/a']) expect(fieldTerm([name], '=', 1), name).toBeNull()
  expect(fieldTerm(['a'], '=', { b: 1 })).toBeNull()
})

test('filters by a field whose name has dots', () => {
  const term = fieldTerm(['log.level'], '=', 'info')
  expect(queries(formatFilterLine([term as Term]))).toEqual(['match log.level=info'])
})

test('replaces the opposite term of the same value', () => {
  const [wanted] = terms('a=1')
  expect(formatFilterLine(withTerm(terms('x=2 a!=1'), wanted as Term))).toBe('x=2 a=1')
  expect(formatFilterLine(withTerm(terms('a=1 x=2'), wanted as Term))).toBe('x=2 a=1')
})
