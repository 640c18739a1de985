// Counting lines gives the same however they are cut into pieces.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LineTally } from '../../../src/policy/lines/line-tally.js'

function tally (pieces: readonly string[]) {
  const counted = new LineTally()
  for (const piece of pieces) counted.add(Buffer.from(piece))
  const { lines, bytes, tornLines, endsTorn } = counted
  return { lines, bytes, tornLines, endsTorn }
}

test.each([
  ['nothing', '', { lines: 0, bytes: 0, tornLines: 0, endsTorn: false }],
  ['whole lines', '{"n":1}\n{"n":2}\n', { lines: 2, bytes: 16, tornLines: 0, endsTorn: false }],
  ['a torn last line', '{"n":1}\n{"n":', { lines: 1, bytes: 13, tornLines: 0, endsTorn: true }],
  ['a line torn and then ended', '{"n":\n{"n":2}\n', { lines: 2, bytes: 14, tornLines: 1, endsTorn: false }],
  ['lines that are no JSON', 'text\n\n  }\n', { lines: 3, bytes: 10, tornLines: 0, endsTorn: false }]
])('%s', (_, text, expected) => {
  expect(tally([text])).toEqual(expected)
})

test('does not depend on where the pieces are cut', () => {
  const line = fc.oneof(fc.constantFrom('{"n":1}', '{', '{}', '}', '', 'text'), fc.string({ unit: fc.constantFrom('{', '}', 'x') }))
  fc.assert(fc.property(fc.array(line), fc.boolean(), fc.array(fc.nat(100)), (lines, isTorn, cuts) => {
    const text = lines.join('\n') + (isTorn ? '' : '\n')
    const places = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length]
    expect(tally(places.slice(1).map((place, index) => text.slice(places[index], place)))).toEqual(tally([text]))
  }))
})
