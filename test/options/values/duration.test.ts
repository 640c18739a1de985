import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseDuration } from '../../../src/options/values/duration.js'

describe('parseDuration', () => {
  test.each([
    ['1ms', 1],
    ['500ms', 500],
    ['2s', 2000],
    ['1.15s', 1150],
    ['15m', 900_000],
    ['1.5h', 5_400_000],
    ['24h', 86_400_000],
    ['30d', 2_592_000_000],
    ['2w', 1_209_600_000],
    ['1000000d', 86_400_000_000_000]
  ])('reads %s as %d ms', (text, milliseconds) => {
    expect(parseDuration(text)).toEqual({ value: milliseconds })
  })

  test.each([
    [60000, '"60000ms" if milliseconds were meant, "60000s" if seconds'],
    ['30', '"30ms" if milliseconds were meant'],
    ['0s', 'above zero'],
    ['0.1ms', 'above zero'],
    ['1000001d', 'at most 1000000d'],
    [`${'9'.repeat(400)}w`, 'at most 1000000d'],
    [0, 'units: ms'],
    [-5, 'units: ms'],
    [NaN, 'units: ms'],
    [Infinity, 'units: ms'],
    ['', 'units: ms'],
    ['5M', 'units: ms'],
    ['15 m', 'units: ms'],
    ['-15m', 'units: ms'],
    ['1y', 'units: ms'],
    ['soon', 'units: ms'],
    [true, 'units: ms'],
    [{}, 'units: ms']
  ])('refuses %s', (raw, expected) => {
    expect(parseDuration(raw)).toEqual({ expected: expect.stringContaining(expected) as string })
  })

  test('reads back any whole number of any unit', () => {
    fc.assert(fc.property(
      fc.integer({ min: 1, max: 100_000 }),
      fc.constantFrom(['ms', 1], ['s', 1000], ['m', 60_000], ['h', 3_600_000], ['d', 86_400_000], ['w', 604_800_000] as [string, number]),
      (amount, [unit, milliseconds]) => {
        expect(parseDuration(`${amount}${unit}`)).toEqual({ value: amount * milliseconds })
      }
    ))
  })
})
