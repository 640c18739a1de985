// The names of bundles and the periods that they stand for, in calendars that are hard on them.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { logName } from '../../../src/policy/names/archive-name.js'
import { bundleEnd, bundlePeriodOf, bundleStampOf, formatBundleName, parseBundleName, plainBundleName } from '../../../src/policy/names/bundle-name.js'
import { formatStamp } from '../../../src/policy/names/stamp.js'
import { dayMs, readingOf, zones } from '../zones.js'

const periods = ['month', 'week', 'day'] as const
const app = logName('/var/log/app.log')
const instants = fc.integer({ min: Date.UTC(1970, 0, 1), max: Date.UTC(2100, 0, 1) })

describe('formatBundleName', () => {
  test.each([
    ['app.log', '202510', 'app.202510.log.gz'],
    ['app.log', '2025W40', 'app.2025W40.log.gz'],
    ['field_flow.jsonl', '202512', 'field_flow.202512.jsonl.gz'],
    ['noext', '20251001', 'noext.20251001.gz']
  ])('names the bundle of %s with %s', (file, stamp, name) => {
    expect(formatBundleName(logName(file), stamp)).toBe(name)
    expect(`${plainBundleName(logName(file), stamp)}.gz`).toBe(name)
    expect(parseBundleName(name, logName(file))).toBe(stamp)
  })
})

describe('parseBundleName', () => {
  test.each([
    'app.202513.log.gz', 'app.202500.log.gz', 'app.2025W00.log.gz', 'app.2025W53.log.gz', 'app.20250229.log.gz', 'app.099912.log.gz',
    'app.202510.log', 'app.202510.log.gz.bak', 'app.202510.log.br', 'app.202510.1.log.gz', 'xapp.202510.log.gz', 'app.http.202510.log.gz',
    'app.202510.http.log.gz', 'appX202510.log.gz', 'app.20251001_121111.log.gz', 'app.log', '.log.gz', ''
  ])('leaves %j alone', (name) => {
    expect(parseBundleName(name, app)).toBeNull()
  })

  test('reads what the formatter writes and nothing else that looks like it', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9W]{4,9}$/)), (stamp) => {
      expect(parseBundleName(`app.${stamp}.log.gz`, app)).toBe(bundlePeriodOf(stamp) === null ? null : stamp)
    }))
  })
})

describe('bundleStampOf', () => {
  test.each([
    ['20251001_121111', '202510', '2025W40', '20251001'],
    ['20241230', '202412', '2025W01', '20241230'],
    ['20241229', '202412', '2024W52', '20241229'],
    ['20210103_235959', '202101', '2020W53', '20210103'],
    ['20270101', '202701', '2026W53', '20270101']
  ])('takes %s to %s, %s and %s', (archive, ...expected) => {
    expect(periods.map((period) => bundleStampOf(archive, period))).toEqual(expected)
  })
})

describe('bundleEnd', () => {
  test.each([
    ['202512', 'UTC', '2026-01-01T00:00:00.000Z'],
    ['202510', 'Europe/Rome', '2025-10-31T23:00:00.000Z'],
    ['202503', 'America/New_York', '2025-04-01T04:00:00.000Z'],
    ['202509', 'Asia/Kolkata', '2025-09-30T18:30:00.000Z'],
    ['2025W13', 'Europe/Rome', '2025-03-30T22:00:00.000Z'],
    ['20251005', 'Australia/Lord_Howe', '2025-10-05T13:00:00.000Z'],
    ['20111229', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
    ['201112', 'Pacific/Apia', '2011-12-31T10:00:00.000Z'],
    ['2020W53', 'UTC', '2021-01-04T00:00:00.000Z']
  ])('is for %s in %s at %s', (stamp, zone, instant) => {
    expect(new Date(bundleEnd(stamp, zone)).toISOString()).toBe(instant)
  })

  test('parts the archives of a period from those after it, by the clocks of the zone, for any instant in any zone', () => {
    fc.assert(fc.property(instants, fc.constantFrom(...zones), fc.constantFrom(...periods), (atMs, zone, period) => {
      const stamp = bundleStampOf(formatStamp(atMs, 'datetime', zone), period)
      const endMs = bundleEnd(stamp, zone)
      const stampAt = (ms: number): string => bundleStampOf(formatStamp(ms, 'datetime', zone), period)
      expect(bundlePeriodOf(stamp)).toBe(period)
      expect(endMs).toBeGreaterThan(atMs)
      expect(stampAt(endMs - 1000)).toBe(stamp)
      expect(stampAt(endMs)).not.toBe(stamp)
      expect(readingOf(endMs, zone) % dayMs, 'midnight, or the first second after a skipped one').toBeLessThanOrEqual(dayMs / 24)
    }), { numRuns: 500 })
  })

  test('refuses a month that does not exist', () => {
    expect(() => bundleEnd('202513', 'UTC')).toThrow(RangeError)
  })
})
