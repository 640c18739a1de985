import { expect, test } from 'vitest'
import { parseBeginning } from '../../../src/policy/lines/line-beginning.js'

test.each([
  ['within a text', '{"level":50,"kind":"request","pad":"xx', { level: 50, kind: 'request' }],
  ['within a text with a comma and a quote', '{"level":50,"pad":"a,\\"b', { level: 50 }],
  ['within an inner object', '{"level":50,"req":{"id":1,"url":"x', { level: 50 }],
  ['within the first value', '{"pad":"xx', null],
  ['in what is no JSON', 'plain, "text', null],
  ['before anything', '', null]
])('gives the whole fields of a line that is cut %s', (_where, text, expected) => {
  expect(parseBeginning(Buffer.from(text))).toEqual(expected)
})
