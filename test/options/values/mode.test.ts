import { describe, expect, test } from 'vitest'
import { parseMode } from '../../../src/options/values/mode.js'

describe('parseMode', () => {
  test.each([[0], [0o600], [0o644], [0o777]])('takes %d', mode => {
    expect(parseMode(mode)).toEqual({ value: mode })
  })

  test.each([
    [644, '0o644, which is 420 in JSON'],
    ['644', '0o644'],
    ['0644', '0o644'],
    ['0o600', '0o600, which is 384 in JSON'],
    [0o1000, '0 to 0o777'],
    [-1, '0 to 0o777'],
    [1.5, '0 to 0o777'],
    [NaN, '0 to 0o777'],
    ['rw-r--r--', '0 to 0o777'],
    [null, '0 to 0o777']
  ])('refuses %s', (raw, expected) => {
    expect(parseMode(raw)).toEqual({ expected: expect.stringContaining(expected) as string })
  })
})
