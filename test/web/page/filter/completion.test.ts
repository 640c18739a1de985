// What the filter line suggests.
import { expect, test } from 'vitest'
import { accept, complete } from '../../../../src/web/page/filter/completion.js'

const fields = [
  { path: 'level', isNumeric: true, values: [] },
  { path: 'reqId', isNumeric: false, values: [{ value: 'req-1', count: 9 }, { value: 'two words', count: 2 }] },
  { path: 'res.statusCode', isNumeric: true, values: [{ value: 500, count: 3 }, { value: 404, count: 2 }] }
]
const texts = (line: string, caret = line.length): string[] => complete(line, caret, fields).suggestions.map(({ text }) => text)

test('suggests every field for an empty word', () => {
  expect(texts('')).toEqual(['level>=', 'reqId=', 'res.statusCode>='])
  expect(texts('a=1 ')).toHaveLength(3)
})

test('suggests fields that begin with the word before those that contain it', () => {
  expect(texts('re')).toEqual(['reqId=', 'res.statusCode>='])
  expect(texts('code')).toEqual(['res.statusCode>='])
})

test('suggests the values of a field, in quotation marks where the language needs them', () => {
  expect(texts('reqId=')).toEqual(['reqId=req-1', 'reqId="two words"'])
  expect(texts('a=1 res.statusCode>=5')).toEqual(['res.statusCode>=500'])
  expect(texts('level>=w')).toEqual(['level>=warn'])
})

test('suggests the values of a field also behind spaces around its operator', () => {
  for (const line of ['reqId = ', 'reqId =', 'reqId= r', 'a=1 reqId =  req']) expect(texts(line)[0], line).toBe('reqId=req-1')
  expect(texts('reqId = "two w')).toEqual(['reqId="two words"'])
  expect(texts('res.statusCode >= 40')).toEqual(['res.statusCode>=404'])
  expect(texts('reqId = req-1 ')).toHaveLength(3)
})

test('suggests a field whose name has spaces', () => {
  expect(complete('my\\ f', 5, [{ path: 'my field', isNumeric: false, values: [] }]).suggestions.map(({ text }) => text)).toEqual(['my\\ field='])
})

test('suggests nothing inside a text or a regular expression', () => {
  expect(texts('"re')).toEqual([])
  expect(texts('/re')).toEqual([])
})

test('replaces the word that the caret is in, and nothing else', () => {
  const completion = complete('re a=1', 2, fields)
  expect(accept('re a=1', completion, { text: 'reqId=', note: '' })).toEqual({ line: 'reqId= a=1', caret: 6 })
})

test('replaces a whole condition with its spaces, and no term behind it', () => {
  const taken = (line: string, caret: number): string => accept(line, complete(line, caret, fields), { text: 'reqId=req-1', note: '' }).line
  expect(taken('x reqId = r', 11)).toBe('x reqId=req-1')
  expect(taken('x reqId = r y', 11)).toBe('x reqId=req-1 y')
  expect(taken('re = 5 y', 2)).toBe('reqId=req-1 y')
  expect(taken('reqId= level>=warn', 6)).toBe('reqId=req-1 level>=warn')
})
