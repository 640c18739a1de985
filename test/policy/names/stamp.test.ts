// The stamps in names: how instants are written and which instants they name.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatStamp, isRealStamp, stampInstant, stampKind } from '../../../src/policy/names/stamp.js'
import { dayMs, readingOf, zones } from '../zones.js'

const instants = fc.integer({ min: 0, max: Date.UTC(2101, 0) })

function iso (atMs: number): string {
  return new Date(atMs).toISOString()
}

describe('formatStamp', () => {
  test.each([
    ['UTC', '2025-10-01T12:11:11.999Z', '20251001_121111'],
    ['UTC', '1970-01-01T00:00:00Z', '19700101_000000'],
    ['UTC', '2025-10-01T00:00:00Z', '20251001_000000'],
    ['UTC', '2100-02-28T23:59:59Z', '21000228_235959'],
    ['Europe/Rome', '2025-09-30T22:00:00Z', '20251001_000000'],
    ['America/New_York', '1970-01-01T00:00:00Z', '19691231_190000'],
    ['Asia/Kolkata', '2025-01-01T18:30:00Z', '20250102_000000'],
    ['Pacific/Apia', '2011-12-30T09:59:59Z', '20111229_235959'],
    ['Pacific/Apia', '2011-12-30T10:00:00Z', '20111231_000000']
  ])('writes in %s at %s %s', (timezone, at, expected) => {
    expect(formatStamp(Date.parse(at), 'datetime', timezone)).toBe(expected)
    expect(formatStamp(Date.parse(at), 'date', timezone)).toBe(expected.slice(0, 8))
  })

  test('writes a real stamp at any clock', () => {
    fc.assert(fc.property(fc.double({ min: -8.64e15, max: 8.64e15, noNaN: true }), fc.constantFrom(...zones), (atMs, timezone) => {
      expect(formatStamp(atMs, 'datetime', timezone)).toMatch(/^\d{8}_\d{6}$/)
      expect(isRealStamp(formatStamp(atMs, 'datetime', timezone))).toBe(true)
    }))
  })

  test('writes what the clocks show, at midnight too', () => {
    fc.assert(fc.property(instants, fc.boolean(), fc.constantFrom(...zones), (atMs, midnight, timezone) => {
      const instantMs = midnight ? stampInstant(formatStamp(atMs, 'date', timezone), timezone) : atMs
      const digits = iso(readingOf(instantMs, timezone)).replace(/\D/g, '')
      expect(formatStamp(instantMs, 'datetime', timezone).replace('_', '')).toBe(digits.slice(0, 14))
    }))
  })
})

describe('stampInstant', () => {
  test.each([
    ['the second of a datetime', '20251001_121111', 'UTC', '2025-10-01T12:11:11.000Z'],
    ['the end of a date', '20251001', 'UTC', '2025-10-02T00:00:00.000Z'],
    ['the end of a date in its zone', '20251001', 'Europe/Rome', '2025-10-01T22:00:00.000Z'],
    ['the end of a year', '20251231', 'Asia/Kolkata', '2025-12-31T18:30:00.000Z'],
    ['the earlier of two', '20251026_023000', 'Europe/Rome', '2025-10-26T00:30:00.000Z'],
    ['the first instant after an hour that is skipped', '20250330_023000', 'Europe/Rome', '2025-03-30T01:00:00.000Z'],
    ['the first instant after half an hour that is skipped', '20251005_021500', 'Australia/Lord_Howe', '2025-10-04T15:30:00.000Z'],
    ['the first instant after a day that is skipped', '20111230_120000', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
    ['the end of the day before a skipped one', '20111229', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
    ['the end of a day of 23 hours', '20250330', 'Europe/Rome', '2025-03-30T22:00:00.000Z'],
    ['the end of a day whose midnight is skipped', '20171014', 'America/Sao_Paulo', '2017-10-15T03:00:00.000Z'],
    ['the end of a day whose last hour comes twice', '20170218', 'America/Sao_Paulo', '2017-02-19T03:00:00.000Z'],
    ['the end of a day, midnight coming twice', '20251101', 'America/Havana', '2025-11-02T04:00:00.000Z']
  ])('is %s', (_, stamp, timezone, expected) => {
    expect(iso(stampInstant(stamp, timezone))).toBe(expected)
  })

  test('is at most an hour before the instant that was stamped, and never after it', () => {
    fc.assert(fc.property(instants, fc.constantFrom(...zones), (atMs, timezone) => {
      const instantMs = stampInstant(formatStamp(atMs, 'datetime', timezone), timezone)
      expect(instantMs).toBeLessThanOrEqual(atMs)
      expect(atMs - instantMs).toBeLessThan(3_601_000)
    }))
  })

  test('of a date lies after every instant of that day, by at most 25 hours', () => {
    fc.assert(fc.property(instants, fc.constantFrom(...zones), (atMs, timezone) => {
      const endMs = stampInstant(formatStamp(atMs, 'date', timezone), timezone)
      expect(endMs).toBeGreaterThan(atMs)
      expect(endMs - atMs).toBeLessThanOrEqual(dayMs + 3_600_000)
      expect(formatStamp(endMs - 1, 'date', timezone)).toBe(formatStamp(atMs, 'date', timezone))
    }))
  })
})

describe('stampKind', () => {
  test.each([['20251001', 'date'], ['20251001_121111', 'datetime']])('of %s is %s', (stamp, kind) => {
    expect(stampKind(stamp)).toBe(kind)
  })
})
