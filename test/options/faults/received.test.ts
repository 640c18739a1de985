import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { showPath, showReceived } from '../../../src/options/faults/received.js'

const cyclic: Record<string, unknown> = {}
cyclic['self'] = cyclic

describe('showReceived', () => {
  test.each([
    ['50m', "'50m'"],
    [10, '10'],
    [-0, '-0'],
    [10n, '10n'],
    [NaN, 'NaN'],
    [undefined, 'undefined'],
    [null, 'null'],
    [{ count: 0 }, '{ count: 0 }'],
    [[1, 2], '[ 1, 2 ]'],
    [Symbol('size'), 'Symbol(size)'],
    [new TypeError('no'), 'TypeError: no'],
    ['two\nlines', "'two\\nlines'"]
  ])('shows %s as code', (value, shown) => {
    expect(showReceived(value)).toBe(shown)
  })

  test.each([
    ['a cyclic object', cyclic],
    ['a long text', 'x'.repeat(10_000_000)],
    ['a long array', new Array(1_000_000).fill(1)],
    ['a wide object', Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`key${index}`, index]))],
    ['a deep object', { a: { b: { c: { d: {} } } } }],
    ['a long key', { ['k'.repeat(1000)]: 1 }],
    ['a throwing accessor', { get size () { throw new Error('no') } }],
    ['a throwing inspector', { [Symbol.for('nodejs.util.inspect.custom')] () { throw new Error('no') } }],
    ['a throwing proxy', new Proxy({}, { ownKeys () { throw new Error('no') }, get () { throw new Error('no') } })],
    ['a long function', function () { return 'x'.repeat(1000) }]
  ])('shows %s in a short line', (_, value) => {
    const shown = showReceived(value)
    expect(shown.length).toBeGreaterThan(0)
    expect(shown.length).toBeLessThanOrEqual(80)
    expect(shown).not.toContain('\n')
  })

  test('shows anything in a short line', () => {
    fc.assert(fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true, withNullPrototype: true }), value => {
      expect(showReceived(value)).toMatch(/^.{1,80}$/s)
    }))
  })
})

test('showPath joins keys with dots, and quotes and shortens odd ones', () => {
  expect(showPath(['limit', 'count'])).toBe('limit.count')
  expect(showPath(['$context'])).toBe('$context')
  expect(showPath(['limit', 'a b\n'])).toBe('limit."a b\\n"')
  expect(showPath(['x'.repeat(1000)]).length).toBeLessThan(65)
})
