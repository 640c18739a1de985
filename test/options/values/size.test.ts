import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseSize } from '../../../src/options/values/size.js'

describe('parseSize', () => {
  test.each([
    ['1b', 1],
    ['10k', 10 * 1024],
    ['10kb', 10 * 1024],
    ['10KB', 10 * 1024],
    ['10Kb', 10 * 1024],
    ['50m', 50 * 1024 ** 2],
    ['50MB', 50 * 1024 ** 2],
    ['1g', 1024 ** 3],
    ['1.5g', 1.5 * 1024 ** 3],
    ['1.3k', 1331],
    ['007b', 7]
  ])('reads %s as %d bytes', (text, bytes) => {
    expect(parseSize(text)).toEqual({ value: bytes })
  })

  test.each([
    [10, '"10m" if megabytes were meant, "10b" if bytes'],
    [1.5, '"1.5m" if megabytes were meant'],
    ['10', '"10m" if megabytes were meant'],
    ['0m', 'at least 1 byte'],
    ['0.9b', 'at least 1 byte'],
    ['8388608g', 'below 8388608g'],
    [`${'9'.repeat(400)}g`, 'below 8388608g'],
    [0, 'units: b, k, m, g'],
    [-1, 'units: b, k, m, g'],
    [NaN, 'units: b, k, m, g'],
    [Infinity, 'units: b, k, m, g'],
    [1e21, 'units: b, k, m, g'],
    [10n, 'units: b, k, m, g'],
    ['', 'units: b, k, m, g'],
    ['0', 'units: b, k, m, g'],
    ['-5m', 'units: b, k, m, g'],
    ['10 kb', 'units: b, k, m, g'],
    [' 10k', 'units: b, k, m, g'],
    ['10k\n', 'units: b, k, m, g'],
    ['1e3k', 'units: b, k, m, g'],
    ['.5g', 'units: b, k, m, g'],
    ['10t', 'units: b, k, m, g'],
    ['50 apples', 'units: b, k, m, g'],
    [null, 'units: b, k, m, g'],
    [['10k'], 'units: b, k, m, g']
  ])('refuses %s', (raw, expected) => {
    expect(parseSize(raw)).toEqual({ expected: expect.stringContaining(expected) as string })
  })

  test('reads back any whole number of any unit', () => {
    fc.assert(fc.property(
      fc.integer({ min: 1, max: 8_000_000 }),
      fc.constantFrom(['b', 1], ['k', 1024], ['kb', 1024], ['M', 1024 ** 2], ['mB', 1024 ** 2], ['g', 1024 ** 3], ['GB', 1024 ** 3] as [string, number]),
      (amount, [unit, bytes]) => {
        expect(parseSize(`${amount}${unit}`)).toEqual({ value: amount * bytes })
      }
    ))
  })

  test('returns a whole number above zero or an expectation for any text', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[\d.]{1,20}[bkmgBKMG]{0,2}$/)), text => {
      const outcome = parseSize(text)
      expect('expected' in outcome || (Number.isSafeInteger(outcome.value) && outcome.value >= 1)).toBe(true)
    }))
  })
})
