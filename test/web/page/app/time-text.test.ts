// The texts of times and sizes.
import { expect, test } from 'vitest'
import { bytesText, dayAndTime, relativeTime, tickText } from '../../../../src/web/page/app/time-text.js'

test('writes times in UTC and relative to now, of the past and the future', () => {
  expect(dayAndTime(1764128793150, 'utc')).toEqual({ day: '2025-11-26', time: '03:46:33.150' })
  expect(dayAndTime(NaN, 'utc')).toEqual({ day: '', time: '–' })
  expect([relativeTime(0, 500), relativeTime(0, 65_000), relativeTime(7_200_000, 0)]).toEqual(['now', '1 min ago', 'in 2 h'])
  expect(tickText(1764128793150, 3_600_000, 'utc')).toBe('03:46')
  expect([bytesText(0), bytesText(1_536), bytesText(80e9)]).toEqual(['0 B', '1.5 kB', '74.5 GB'])
})
