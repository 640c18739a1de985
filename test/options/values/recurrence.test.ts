import { describe, expect, test } from 'vitest'
import { parseRecurrence, scheduleIn } from '../../../src/options/values/recurrence.js'

describe('parseRecurrence', () => {
  test.each([
    ['hourly', { kind: 'cron', expression: '0 * * * *' }],
    ['daily', { kind: 'cron', expression: '0 0 * * *' }],
    ['weekly', { kind: 'cron', expression: '0 0 * * 1' }],
    ['monthly', { kind: 'cron', expression: '0 0 1 * *' }],
    ['1s', { kind: 'interval', everyMs: 1000 }],
    ['1000ms', { kind: 'interval', everyMs: 1000 }],
    ['15m', { kind: 'interval', everyMs: 900_000 }],
    ['30 2 * * 1-5', { kind: 'cron', expression: '30 2 * * 1-5' }]
  ])('reads %s', (raw, recurrence) => {
    expect(parseRecurrence(raw)).toEqual({ value: recurrence })
  })

  test.each([
    ['999ms', 'at least 1 second'],
    ['0s', 'above zero'],
    ['15 m', 'a duration'],
    [60000, '"60000ms" if milliseconds were meant'],
    ['dayly', 'nearest: "daily"'],
    ['Hourly', 'nearest: "hourly"'],
    ['@weekly', 'nearest: "weekly"'],
    ['0 0 31 2 *', 'comes true'],
    ['* * * *', 'of 5 fields'],
    ['toString', '"hourly", "daily"'],
    ['sometimes', '"hourly", "daily"'],
    ['', '"hourly", "daily"'],
    [-1, '"hourly", "daily"'],
    [NaN, '"hourly", "daily"'],
    [null, '"hourly", "daily"']
  ])('refuses %s', (raw, expected) => {
    expect(parseRecurrence(raw)).toEqual({ expected: expect.stringContaining(expected) as string })
  })
})

test('scheduleIn gives cron expressions their zone, and leaves intervals as they are', () => {
  expect(scheduleIn('Europe/Berlin', { kind: 'cron', expression: '0 0 * * *' })).toEqual({ kind: 'cron', expression: '0 0 * * *', timezone: 'Europe/Berlin' })
  expect(scheduleIn('Europe/Berlin', { kind: 'interval', everyMs: 1000 })).toEqual({ kind: 'interval', everyMs: 1000 })
})
