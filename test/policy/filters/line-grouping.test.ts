// The groups of lines by time, as the clocks of a zone show it, around each change of the clocks.
import { expect, test } from 'vitest'
import { LineGrouping } from '../../../src/policy/filters/line-grouping.js'
import { usualTimeKeys } from '../../../src/policy/lines/line-time.js'
import { hardTimesOf, hourMs, minuteMs, readingOf, zones } from '../zones.js'

const lengths = { minute: 16, hour: 13, day: 10 } as const

test.each(zones)('a line is counted in the minute, hour and day that the clocks of %s show, also where they repeat an hour', (timezone) => {
  const instants = hardTimesOf(timezone).flatMap((changeMs) => Array.from({ length: 100 }, (_, index) => changeMs - 3 * hourMs + index * 3 * minuteMs))
  for (const unit of ['minute', 'hour', 'day'] as const) {
    const grouping = new LineGrouping({ by: 'time', unit, timezone }, usualTimeKeys)
    for (const atMs of instants) {
      const line = Buffer.from(`{"level":30,"time":"${new Date(atMs + 59_999).toISOString()}"}`)
      const shown = new Date(readingOf(atMs, timezone)).toISOString().slice(0, lengths[unit]).replace('T', ' ')
      expect(grouping.groupOf(line, 0, line.length)).toBe(unit === 'hour' ? `${shown}:00` : shown)
    }
  }
})
