// How fast a log grows: over which stretch it is measured, and how bytes are spread over days.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bytesByDay, daysUntil, measureGrowth, type WrittenSpan } from '../../../src/policy/status/growth.js'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const nowMs = Date.UTC(2025, 9, 20, 12)

function span (fromDays: number | null, toDays: number, writtenBytes: number | null, storedBytes = 10): WrittenSpan {
  return {
    fromMs: fromDays === null ? null : nowMs + fromDays * dayMs,
    toMs: nowMs + toDays * dayMs,
    writtenBytes,
    storedBytes,
    isArchive: true
  }
}

describe('measureGrowth', () => {
  test('reports nothing without files, or with less than an hour of them', () => {
    expect(measureGrowth([], nowMs)).toBeNull()
    expect(measureGrowth([span(-1 / 25, 0, 100)], nowMs)).toBeNull()
  })

  test('gives bytes and archives a day from the end of the first archive, because its beginning is not known', () => {
    const growth = measureGrowth([span(null, -2, 9999), span(-2, -1, 300, 30), span(-1, 0, 100, 50)], nowMs)
    expect(growth).toEqual({ fromMs: nowMs - 2 * dayMs, writtenBytesPerDay: 200, storedBytesPerDay: 40, archivesPerDay: 1 })
  })

  test('looks back a week at most, and counts the share of a file that lies in it', () => {
    const growth = measureGrowth([span(-100, -90, 1e9), span(-14, 0, 1400, 140)], nowMs)
    expect(growth).toMatchObject({ fromMs: nowMs - 7 * dayMs, writtenBytesPerDay: 100, storedBytesPerDay: 10 })
  })

  test('measures 300,000 archives', () => {
    expect(measureGrowth(Array.from({ length: 300_000 }, () => span(-2, 0, 1)), nowMs)).toMatchObject({ archivesPerDay: 150_000 })
  })

  test('knows no written bytes if one archive of the time does not tell its size', () => {
    expect(measureGrowth([span(-2, -1, null), span(-1, 0, 100)], nowMs)).toMatchObject({ writtenBytesPerDay: null, storedBytesPerDay: 10 })
  })
})

describe('bytesByDay', () => {
  test('gives each day of the calendar its share, today last', () => {
    expect(bytesByDay([span(-1, 0, 100, 10)], nowMs, 'UTC', 3)).toEqual([
      { day: '2025-10-18', writtenBytes: 0, storedBytes: 0 },
      { day: '2025-10-19', writtenBytes: 50, storedBytes: 5 },
      { day: '2025-10-20', writtenBytes: 50, storedBytes: 5 }
    ])
  })

  test('goes by the calendar of the zone', () => {
    const days = bytesByDay([span(null, 0, 100)], Date.UTC(2025, 9, 20, 12), 'Pacific/Kiritimati', 2)
    expect(days.map(({ day, writtenBytes }) => `${day} ${writtenBytes}`)).toEqual(['2025-10-20 0', '2025-10-21 100'])
  })

  test('never loses or doubles a byte of a span that lies within the days', () => {
    fc.assert(fc.property(fc.double({ min: 0, max: 9, noNaN: true }), fc.double({ min: 0, max: 9, noNaN: true }), (a, b) => {
      const days = bytesByDay([span(-Math.max(a, b), -Math.min(a, b), 1e6, 1e6)], nowMs, 'Europe/Berlin', 12)
      const sum = days.reduce((bytes, { storedBytes }) => bytes + storedBytes, 0)
      expect(Math.abs(sum - 1e6)).toBeLessThanOrEqual(12)
    }))
  })
})

describe('daysUntil', () => {
  test('is 0 once the limit is reached, and null if it never is', () => {
    expect(daysUntil(10, 10, 1)).toBe(0)
    expect(daysUntil(11, 10, null)).toBe(0)
    expect(daysUntil(5, 10, null)).toBeNull()
    expect(daysUntil(5, 10, 0)).toBeNull()
  })

  test('goes by the rate', () => {
    expect(daysUntil(4, 10, 2)).toBe(3)
    expect(daysUntil(-100, -40, 30)).toBe(2)
  })
})
