// Which texts are times. The zone of the process is UTC here.
import { beforeEach, expect, test, vi } from 'vitest'
import { isSameEverywhere, timeFrom } from '../../../src/policy/lines/time-value.js'

beforeEach(() => { vi.stubEnv('TZ', 'UTC') })

const at = Date.UTC(2025, 9, 1, 10)

test.each([
  '2025-10-01T10:00:00.000Z', '2025-10-01T12:00+02:00', '2025-10-01T12:00:00+02', '2025-10-01T12:00:00 +0200', '2025-10-01t10:00:00z',
  '2025-10-01 10:00:00', '2025-10-01 10:00:00,000', '2025-10-01 10:00:00.000 Z', '2025-10-01 10:00:00 UTC', '2025/10/01 10:00:00',
  'Wed, 01 Oct 2025 10:00:00 GMT', 'Wed Oct 01 2025 12:00:00 GMT+0200 (Central European Summer Time)', 'Wed Oct  1 10:00:00 2025',
  'Wed Oct  1 10:00:00 UTC 2025', 'Oct 1, 2025, 10:00:00 AM', '10/1/2025, 10:00:00 AM', '1759312800', '1759312800.000', '1759312800000', '1759312800000000000'
])('%j is a time', (text) => {
  expect(timeFrom(text)).toBe(at)
})

test.each([
  ['2025-10-01', Date.UTC(2025, 9, 1)],
  ['2025-10-01 10:00:00,250', at + 250],
  ['1759312800.25', at + 250],
  ['1759312800250', at + 250],
  [1_759_312_800, at],
  [1_759_312_800_000_000_000, at]
])('%j is a time too', (value, expectedMs) => {
  expect(timeFrom(value)).toBe(expectedMs)
})

// Date.parse finds a time in all but a few of them.
test.each([
  'foo 1', 'request 7', '5', '12', '0.003', '12 ms', '2025', '2025-10', '2024-13', '2025-13-01T00:00:00Z', 'Oct 1 12:00:00', '10/2025', '1.10.2025, 12:00:00',
  '1/10/2025, 12:00:00', 'shard 3 of 2025-10-01', '2025-10-01 and more', 'Oct 2025', 'May 5 2025 12:00 or 13:00', '', ' ', 'noon'
])('%j is no time', (text) => {
  expect(timeFrom(text)).toBeNull()
})

test('a long text is no time, and is found out at once', () => {
  for (const text of [`2025-10-01${' '.repeat(1_000_000)}`, 'a '.repeat(1_000_000), '1'.repeat(1_000_000)]) expect(timeFrom(text)).toBeNull()
})

test('only a text with an offset, or a date alone, is the same time in every zone', () => {
  expect(['2025-10-01T10:00:00.000Z', '2025-10-01T12:00+02:00', '2025-10-01'].every(isSameEverywhere)).toBe(true)
  expect(['2025-10-01T10:00:00', '2025-10-01 10:00:00', 'Wed Oct  1 10:00:00 2025', '5'].some(isSameEverywhere)).toBe(false)
})
