// What clocks show, and when: found by scanning, for every hour around each change of the clocks.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { instantOf, wallClock } from '../../../src/policy/schedule/wall-clock.js'
import { hardTimesOf, hourMs, minuteMs, zones } from '../zones.js'

describe('wallClock', () => {
  test.each([
    ['UTC', '2025-10-01T12:11:11.999Z', '2025-10-01T12:11:11.000Z'],
    ['Asia/Kolkata', '2025-10-01T18:30:00.000Z', '2025-10-02T00:00:00.000Z'],
    ['America/New_York', '1970-01-01T00:00:00.000Z', '1969-12-31T19:00:00.000Z'],
    ['Europe/Rome', '1969-12-31T22:59:59.999Z', '1969-12-31T23:59:59.000Z'],
    ['Africa/Monrovia', '1970-01-01T00:00:00.000Z', '1969-12-31T23:15:30.000Z'],
    ['Pacific/Apia', '2011-12-30T10:00:00.000Z', '2011-12-31T00:00:00.000Z'],
    ['Australia/Lord_Howe', '2100-01-01T00:00:00.000Z', '2100-01-01T11:00:00.000Z']
  ])('of %s at %s shows %s', (timezone, at, expected) => {
    expect(new Date(wallClock(Date.parse(at), timezone)).toISOString()).toBe(expected)
  })
})

describe('instantOf', () => {
  test.each(zones)('is the first instant at which the clocks of %s show a reading, or a later one where they skip it', (timezone) => {
    for (const hardMs of hardTimesOf(timezone)) {
      const instants = Array.from({ length: 60 * 60 }, (_, index) => hardMs - 30 * hourMs + index * minuteMs)
      const readings = instants.map((instantMs) => wallClock(instantMs, timezone))
      const firstReading = readings[0] ?? 0
      for (let wallMs = firstReading; wallMs < firstReading + 30 * hourMs; wallMs += 10 * minuteMs) {
        expect(instantOf(wallMs, timezone)).toBe(instants[readings.findIndex((reading) => reading >= wallMs)])
      }
    }
  })

  test('is the inverse of the clock in any second from 1970 to 2100', () => {
    const seconds = fc.integer({ min: 0, max: Date.UTC(2101, 0) / 1000 })
    fc.assert(fc.property(seconds, fc.constantFrom(...zones), (second, timezone) => {
      const wallMs = wallClock(second * 1000, timezone)
      const instantMs = instantOf(wallMs, timezone)
      expect(wallClock(instantMs, timezone)).toBe(wallMs)
      expect(instantMs).toBeLessThanOrEqual(second * 1000)
    }))
  })
})
