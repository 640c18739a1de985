import { describe, expect, test } from 'vitest'
import { parseCron } from '../../../src/options/values/cron.js'

describe('parseCron', () => {
  test.each([
    ['0 2 * * *', '0 2 * * *'],
    ['*/10 * * * * *', '*/10 * * * * *'],
    ['  0   2 * *  MON-FRI ', '0 2 * * MON-FRI'],
    ['0 0 L * *', '0 0 L * *'],
    ['0 0 29 2 *', '0 0 29 2 *']
  ])('takes %j', (raw, expression) => {
    expect(parseCron(raw)).toEqual({ value: expression })
  })

  test.each([
    ['', 'of 5 fields'],
    ['* * *', 'of 5 fields'],
    ['0 0 0 1 1 * 2030', 'of 5 fields'],
    ['@daily', 'of 5 fields'],
    ['2030-01-01T00:00:00', 'of 5 fields'],
    ['0 0 1 1 12:00', 'of 5 fields'],
    ['60 * * * *', 'Invalid value for minute: 60'],
    ['* 24 * * *', 'hour'],
    ['*/0 * * * *', 'stepping'],
    ['0 0 * * MOON', 'can be read'],
    ['a b c d e', 'can be read'],
    ['0 0 31 2 *', 'comes true'],
    ['0 0 31 4,6,9,11 *', 'comes true']
  ])('refuses %j', (raw, expected) => {
    expect(parseCron(raw)).toEqual({ expected: expect.stringContaining(expected) as string })
  })
})
