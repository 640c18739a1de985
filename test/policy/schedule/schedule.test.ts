// Boundaries: strictly after, nothing between, once an hour and once a day, whatever the clocks of the zone do.
// The expected boundaries are found by scanning minutes, apart from the library that is tested.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Schedule } from '../../../src/options/settings.js'
import { nextBoundary, periodStart } from '../../../src/policy/schedule/schedule.js'
import { hardTimesOf, dayMs, hourMs, minuteMs, readingOf, zones } from '../zones.js'

const expressions = [
  '0 * * * *', '*/15 * * * *', '0 0 * * *', '30 2 * * *', '0 2,14 * * *', '0 */6 * * *', '0 0 * * 1', '0 0 1 * *', '0 0 29 2 *', '*/10 * * * * *', '59 59 23 * * 5'
]
const schedules: fc.Arbitrary<Schedule> = fc.oneof(
  fc.record({ kind: fc.constant('interval' as const), everyMs: fc.integer({ min: 1, max: 400 * dayMs }) }),
  fc.record({ kind: fc.constant('cron' as const), expression: fc.constantFrom(...expressions), timezone: fc.constantFrom(...zones) })
)
const anyInstants = fc.integer({ min: 0, max: Date.UTC(2101, 0) })
const besideHardTimes = fc.tuple(fc.constantFrom(...zones.flatMap(hardTimesOf)), fc.integer({ min: -30 * hourMs, max: 30 * hourMs }))
  .map(([hardMs, besideMs]) => hardMs + besideMs)
const instants = fc.oneof(anyInstants, besideHardTimes)

function cron (expression: string, timezone = 'UTC'): Schedule {
  return { kind: 'cron', expression, timezone }
}

function boundariesBetween (fromMs: number, toMs: number, schedule: Schedule): number[] {
  const boundaries: number[] = []
  let atMs = nextBoundary(fromMs - 1, schedule)
  while (atMs < toMs) {
    boundaries.push(atMs)
    atMs = nextBoundary(atMs, schedule)
  }
  return boundaries
}

interface Minute {
  readonly atMs: number
  readonly reading: number
}

/** Every minute of the four days around an instant, from midnight to midnight in the zone. */
function minutesAround (hardMs: number, timezone: string): Minute[] {
  const minutes = Array.from({ length: 4 * 24 * 60 }, (_, index) => {
    const atMs = hardMs - 2 * dayMs + index * minuteMs
    return { atMs, reading: readingOf(atMs, timezone) }
  })
  const first = minutes.findIndex(({ reading }, index) => dayOf(reading) !== dayOf(minutes[Math.max(0, index - 1)]?.reading ?? 0))
  const last = minutes.findLastIndex(({ reading }, index) => dayOf(reading) !== dayOf(minutes[Math.max(0, index - 1)]?.reading ?? 0))
  return minutes.slice(first, last)
}

function dayOf (reading: number): number {
  return Math.floor(reading / dayMs)
}

function range (minutes: readonly Minute[]): [number, number] {
  return [minutes[0]?.atMs ?? 0, (minutes.at(-1)?.atMs ?? 0) + minuteMs]
}

describe('every schedule', () => {
  test('has its next boundary strictly after, its period\'s start not after, and nothing between', () => {
    fc.assert(fc.property(instants, schedules, fc.double({ min: 0, max: 1, noNaN: true }), (atMs, schedule, share) => {
      const nextMs = nextBoundary(atMs, schedule)
      const startMs = periodStart(atMs, schedule)
      expect(nextMs).toBeGreaterThan(atMs)
      expect(startMs).toBeLessThanOrEqual(atMs)
      expect(nextBoundary(startMs, schedule)).toBe(nextMs)
      expect(nextBoundary(startMs - 1, schedule)).toBe(startMs)
      const betweenMs = startMs + Math.floor((nextMs - 1 - startMs) * share)
      expect(nextBoundary(betweenMs, schedule)).toBe(nextMs)
      expect(periodStart(betweenMs, schedule)).toBe(startMs)
      expect(periodStart(nextMs, schedule)).toBe(nextMs)
      expect(periodStart(nextMs - 1, schedule)).toBe(startMs)
    }), { numRuns: 1_500 })
  })
})

describe('an interval', () => {
  test.each([
    ['2025-10-01T12:07:00.000Z', 15 * minuteMs, '2025-10-01T12:00:00.000Z', '2025-10-01T12:15:00.000Z'],
    ['2025-10-01T12:15:00.000Z', 15 * minuteMs, '2025-10-01T12:15:00.000Z', '2025-10-01T12:30:00.000Z'],
    ['1970-01-01T00:00:00.000Z', hourMs, '1970-01-01T00:00:00.000Z', '1970-01-01T01:00:00.000Z'],
    ['1969-12-31T23:59:59.999Z', hourMs, '1969-12-31T23:00:00.000Z', '1970-01-01T00:00:00.000Z'],
    ['1970-02-01T00:00:00.000Z', 60 * dayMs, '1970-01-01T00:00:00.000Z', '1970-03-02T00:00:00.000Z']
  ])('around %s, of %i ms, begins at %s and ends at %s', (at, everyMs, start, next) => {
    const schedule: Schedule = { kind: 'interval', everyMs }
    expect(new Date(periodStart(Date.parse(at), schedule)).toISOString()).toBe(start)
    expect(new Date(nextBoundary(Date.parse(at), schedule)).toISOString()).toBe(next)
  })
})

describe('a cron schedule', () => {
  test.each(zones)('comes hourly at each full hour that the clocks of %s show, once', (timezone) => {
    for (const hardMs of hardTimesOf(timezone)) {
      const minutes = minutesAround(hardMs, timezone)
      const expected = minutes.filter(({ reading }) => reading % hourMs === 0).map(({ atMs }) => atMs)
      expect(boundariesBetween(...range(minutes), cron('0 * * * *', timezone))).toEqual(expected)
    }
  })

  test.each(zones)('comes daily once on each day of %s, at its time or, where that is skipped, right after', (timezone) => {
    for (const hardMs of hardTimesOf(timezone)) {
      const minutes = minutesAround(hardMs, timezone)
      const days = [...new Set(minutes.map(({ reading }) => dayOf(reading)))]
      for (let timeMs = 0; timeMs < dayMs; timeMs += 30 * minuteMs) {
        const expected = days.map((day) => minutes.find(({ reading }) => dayOf(reading) === day && reading >= day * dayMs + timeMs)?.atMs)
        const expression = `${timeMs / minuteMs % 60} ${Math.floor(timeMs / hourMs)} * * *`
        expect(boundariesBetween(...range(minutes), cron(expression, timezone)), expression).toEqual(expected)
      }
    }
  })

  test('comes once at each of several hours of a day on which the clocks change', () => {
    const spring = boundariesBetween(Date.UTC(2025, 2, 29, 23), Date.UTC(2025, 2, 30, 22), cron('30 1,2,14 * * *', 'Europe/Rome'))
    expect(spring.map((atMs) => new Date(atMs).toISOString().slice(11, 16))).toEqual(['00:30', '01:00', '12:30'])
    const autumn = boundariesBetween(Date.UTC(2025, 9, 25, 22), Date.UTC(2025, 9, 26, 23), cron('30 1,2,14 * * *', 'Europe/Rome'))
    expect(autumn.map((atMs) => new Date(atMs).toISOString().slice(11, 16))).toEqual(['23:30', '00:30', '13:30'])
  })

  test.each([
    ['UTC', '0 0 * * *', '1970-01-01T00:00:00.000Z', '1970-01-01T00:00:00.000Z', '1970-01-02T00:00:00.000Z'],
    ['UTC', '0 0 * * 1', '1970-01-01T00:00:00.000Z', '1969-12-29T00:00:00.000Z', '1970-01-05T00:00:00.000Z'],
    ['Europe/Rome', '0 0 1 * *', '1970-01-01T00:00:00.000Z', '1969-12-31T23:00:00.000Z', '1970-01-31T23:00:00.000Z'],
    ['UTC', '0 0 29 2 *', '2100-06-01T00:00:00.000Z', '2096-02-29T00:00:00.000Z', '2104-02-29T00:00:00.000Z'],
    ['Europe/Rome', '0 0 1 * *', '2100-07-15T00:00:00.000Z', '2100-06-30T22:00:00.000Z', '2100-07-31T22:00:00.000Z'],
    ['Pacific/Apia', '0 0 * * *', '2011-12-30T09:59:59.999Z', '2011-12-29T10:00:00.000Z', '2011-12-30T10:00:00.000Z'],
    ['Pacific/Apia', '0 0 30 12 *', '2011-12-30T10:00:00.000Z', '2010-12-30T10:00:00.000Z', '2012-12-29T10:00:00.000Z'],
    ['UTC', '0 0 * * *', '2025-10-01T00:00:00.001Z', '2025-10-01T00:00:00.000Z', '2025-10-02T00:00:00.000Z'],
    ['UTC', '* * * * * *', '2025-10-01T00:00:00.999Z', '2025-10-01T00:00:00.000Z', '2025-10-01T00:00:01.000Z']
  ])('in %s, %s around %s, begins at %s and ends at %s', (timezone, expression, at, start, next) => {
    const schedule = cron(expression, timezone)
    expect(new Date(periodStart(Date.parse(at), schedule)).toISOString()).toBe(start)
    expect(new Date(nextBoundary(Date.parse(at), schedule)).toISOString()).toBe(next)
  })

  test('without any boundary has none', () => {
    expect(nextBoundary(Date.UTC(2025, 0), cron('0 0 31 2 *'))).toBe(Infinity)
    expect(periodStart(Date.UTC(2025, 0), cron('0 0 31 2 *'))).toBe(-Infinity)
  })

  test('that is over has no next boundary and keeps its last', () => {
    const schedule = cron('0 0 0 1 1 * 2020')
    expect(nextBoundary(Date.UTC(2020, 0, 1), schedule)).toBe(Infinity)
    expect(periodStart(Date.UTC(2025, 0, 1), schedule)).toBe(Date.UTC(2020, 0, 1))
    expect(periodStart(Date.UTC(2019, 0, 1), schedule)).toBe(-Infinity)
  })

  test('gives the same answers when there are more schedules than it remembers', () => {
    const minutes = Array.from({ length: 150 }, (_, index) => `${index % 60} ${Math.floor(index / 60)} * * *`)
    const ask = (): number[] => minutes.map((expression) => nextBoundary(0, cron(expression)))
    expect(ask()).toEqual(ask())
  })
})
