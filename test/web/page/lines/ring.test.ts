// The rows that the page holds.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Ring, type Row } from '../../../../src/web/page/lines/ring.js'

const row = (name: number | string, text = 'x'): Row => ({ kind: 'line', line: { cursor: String(name), text } })
const cursors = (ring: Ring): string[] => ring.rows().map((one) => one.kind === 'line' ? one.line.cursor : one.message)

test('drops the oldest rows when newer ones come, and keeps each row under its number', () => {
  const ring = new Ring({ rowsMax: 3, charactersMax: 1_000 })
  ring.append([row('a'), row('b'), row('c')])
  expect(ring.append([row('d'), row('e')])).toBe(2)
  expect(cursors(ring)).toEqual(['c', 'd', 'e'])
  expect(ring.firstNumber).toBe(2)
  expect(ring.numbered(3)).toEqual(row('d'))
  expect(ring.numbered(1)).toBeUndefined()
})

test('drops the newest rows when older ones come', () => {
  const ring = new Ring({ rowsMax: 3, charactersMax: 1_000 })
  ring.append([row('c'), row('d')])
  expect(ring.prepend([row('a'), row('b')])).toBe(1)
  expect(cursors(ring)).toEqual(['a', 'b', 'c'])
  expect(ring.firstNumber).toBe(-2)
  expect(ring.numbered(0)).toEqual(row('c'))
})

test('counts characters too, so that long lines do not fill the memory', () => {
  const ring = new Ring({ rowsMax: 1_000, charactersMax: 100 })
  for (let number = 0; number < 50; number++) ring.append([row(number, 'x'.repeat(30))])
  expect(ring.size).toBe(3)
  expect(ring.characters).toBeLessThanOrEqual(100)
})

test('holds one row even if it is larger than the bound', () => {
  const ring = new Ring({ rowsMax: 10, charactersMax: 10 })
  ring.append([row('a', 'x'.repeat(50))])
  expect(ring.size).toBe(1)
})

test('stays within its bounds and in order, whatever comes at either end', () => {
  const step = fc.record({ atEnd: fc.boolean(), count: fc.integer({ min: 0, max: 12 }) })
  fc.assert(fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
    const ring = new Ring({ rowsMax: 10, charactersMax: 60 })
    let [oldest, newest] = [0, 0]
    for (const { atEnd, count } of steps) {
      const rows = Array.from({ length: count }, (_, index) => row(index + (atEnd ? newest : oldest - count)))
      if (atEnd) ring.append(rows)
      else ring.prepend(rows)
      const held = cursors(ring).map(Number)
      if (held.length > 0) [oldest, newest] = [held[0] ?? 0, (held.at(-1) ?? 0) + 1]
      expect(held).toEqual(held.map((_, index) => (held[0] ?? 0) + index))
      expect(ring.size).toBeLessThanOrEqual(10)
      expect(ring.characters).toBe(held.reduce((sum, number) => sum + String(number).length + 1, 0))
    }
  }))
})

test('takes hundreds of thousands of older rows at once', () => {
  const ring = new Ring({ rowsMax: 3, charactersMax: 1_000 })
  ring.append([row('newest')])
  expect(ring.prepend(Array.from({ length: 300_000 }, (_, n) => row(n)))).toBe(299_998)
  expect(cursors(ring)).toEqual(['0', '1', '2'])
})
