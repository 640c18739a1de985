// Which periods are joined when: by the calendar, once, in order, and late rather than never.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Bundling } from '../../../src/options/settings.js'
import { planBundleRemovals, planBundles, type WaitingArchive } from '../../../src/policy/retention/bundle-plan.js'
import { periodStart } from '../../../src/policy/schedule/schedule.js'
import { formatStamp } from '../../../src/policy/names/stamp.js'
import { archiveOf, unlimited } from '../archives.js'
import { dayMs, hourMs } from '../zones.js'

const onTheFirstAtThree: Bundling = {
  period: 'month', schedule: { kind: 'cron', expression: '0 3 1 * *', timezone: 'UTC' }, directory: '/var/log/archive', limits: unlimited
}

function waiting (name: string, more: Partial<WaitingArchive> = {}): WaitingArchive {
  return { archive: archiveOf(name), settled: true, leftPlainMs: 0, ...more }
}

function plan (archives: readonly WaitingArchive[], now: string, bundling = onTheFirstAtThree, timezone = 'UTC'): { jobs: Record<string, string[]>, wakeInMs: number | null } {
  const { jobs, wakeInMs } = planBundles({ archives, bundling, timezone, dueMs: periodStart(Date.parse(now), bundling.schedule) })
  return { jobs: Object.fromEntries(jobs.map(({ stamp, members }) => [stamp, members.map(({ name }) => name)])), wakeInMs }
}

describe('planBundles', () => {
  const october = ['app.20251001.log.gz', 'app.20251031.log']

  test('joins the month before, on the 1st at the time that the schedule says and no minute earlier', () => {
    const archives = [...october, 'app.20251101.log'].map((name) => waiting(name))
    expect(plan(archives, '2025-11-01T02:59:59Z').jobs).toEqual({})
    expect(plan(archives, '2025-11-01T03:00:00Z').jobs).toEqual({ 202510: october })
  })

  test('on the 31st, takes the month before the present one, which is still open', () => {
    expect(plan(['app.20251001.log', 'app.20250930.log'].map((name) => waiting(name)), '2025-10-31T03:00:00Z').jobs).toEqual({ 202509: ['app.20250930.log'] })
  })

  test('makes up every month that was missed, oldest first', () => {
    const archives = ['app.20251003.log', 'app.20250805.log', 'app.20250906.log'].map((name) => waiting(name))
    const { jobs } = planBundles({ archives, bundling: onTheFirstAtThree, timezone: 'UTC', dueMs: Date.parse('2025-12-01T03:00:00Z') })
    expect(jobs.map(({ stamp }) => stamp)).toEqual(['202508', '202509', '202510'])
  })

  test('puts archives in the order of their stamps and numbers', () => {
    const names = ['app.20251001_000000.10.log', 'app.20251002.log', 'app.20251001.log.gz', 'app.20251001_000000.9.log.br', 'app.20251001_000000.log']
    expect(plan(names.map((name) => waiting(name)), '2025-11-02T00:00:00Z').jobs).toEqual({
      202510: ['app.20251001.log.gz', 'app.20251001_000000.log', 'app.20251001_000000.9.log.br', 'app.20251001_000000.10.log', 'app.20251002.log']
    })
  })

  test('joins 300,000 archives of one month', () => {
    const archive = waiting('app.20251001.log')
    const { jobs } = planBundles({ archives: Array.from({ length: 300_000 }, () => archive), bundling: onTheFirstAtThree, timezone: 'UTC', dueMs: Date.parse('2025-11-01T03:00:00Z') })
    expect(jobs.map(({ members }) => members.length)).toEqual([300_000])
  })

  test('leaves a period for a moment while one of its archives may still be written, so that the order stays', () => {
    const archives = [waiting('app.20251030.log.gz'), waiting('app.20251031.log', { settled: false })]
    expect(plan(archives, '2025-11-01T03:00:00Z')).toEqual({ jobs: {}, wakeInMs: 1_000 })
  })

  test('sets no wake-up for a period while an archive stays plain for a log shipper', () => {
    const archives = [waiting('app.20251030.log.gz'), waiting('app.20251031.log', { leftPlainMs: hourMs }), waiting('app.20250930.log')]
    expect(plan(archives, '2025-11-01T03:00:00Z')).toEqual({ jobs: { 202509: ['app.20250930.log'] }, wakeInMs: null })
  })

  test('closes weeks on Monday and days at midnight, by the clocks of the zone', () => {
    const weekly: Bundling = { ...onTheFirstAtThree, period: 'week', schedule: { kind: 'cron', expression: '0 0 * * 1', timezone: 'Europe/Rome' } }
    const daily: Bundling = { ...onTheFirstAtThree, period: 'day', schedule: { kind: 'cron', expression: '0 0 * * *', timezone: 'Europe/Rome' } }
    const archives = [waiting('app.20251026_230000.log')]
    expect(plan(archives, '2025-10-26T22:59:59Z', weekly, 'Europe/Rome').jobs).toEqual({})
    expect(plan(archives, '2025-10-26T23:00:00Z', weekly, 'Europe/Rome').jobs).toEqual({ '2025W43': ['app.20251026_230000.log'] })
    expect(plan(archives, '2025-10-26T22:59:59Z', daily, 'Europe/Rome').jobs).toEqual({})
    expect(plan(archives, '2025-10-26T23:00:00Z', daily, 'Europe/Rome').jobs).toEqual({ 20251026: ['app.20251026_230000.log'] })
  })

  test('bundles every archive exactly once, and none of an open month, at any hour', () => {
    const days = fc.uniqueArray(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 40 })
    fc.assert(fc.property(days, fc.integer({ min: 0, max: 420 * 24 }), (dates, hours) => {
      const nowMs = Date.UTC(2025, 0, 1) + hours * hourMs
      const archives = dates.map((day) => waiting(`app.${formatStamp(Date.UTC(2025, 0, 1) + day * dayMs, 'date', 'UTC')}.log`))
      const { jobs } = planBundles({ archives, bundling: onTheFirstAtThree, timezone: 'UTC', dueMs: periodStart(nowMs, onTheFirstAtThree.schedule) })
      const joined = jobs.flatMap(({ members }) => members.map(({ name }) => name))
      const open = formatStamp(nowMs - 3 * hourMs, 'date', 'UTC').slice(0, 6)
      const expected = archives.map(({ archive }) => archive).filter(({ stamp }) => stamp.slice(0, 6) < open).map(({ name }) => name)
      expect(joined).toEqual(expected.sort())
    }))
  })
})

describe('planBundleRemovals', () => {
  const bundles = ['202508', '202509', '202510'].map((stamp) => ({ name: `app.${stamp}.log.gz`, stamp, bytes: 10 }))
  const names = (limits: Partial<typeof unlimited>, freeBytes = Infinity): string[] =>
    planBundleRemovals(bundles, { limits: { ...unlimited, ...limits } }, 'UTC', Date.parse('2025-11-20T00:00:00Z'), freeBytes).map(({ stored, reason }) => `${stored.archive.name} ${reason}`)

  test('keeps bundles for ever without a limit', () => {
    expect(names({})).toEqual([])
  })

  test('removes the oldest first, by count, size, free space, and age since the end of the period', () => {
    expect(names({ count: 2 })).toEqual(['app.202508.log.gz count'])
    expect(names({ totalBytes: 15 })).toEqual(['app.202508.log.gz totalSize', 'app.202509.log.gz totalSize'])
    expect(names({ freeBytesMin: 5 }, 0)).toEqual(['app.202508.log.gz minFree'])
    expect(names({ ageMs: 79 * dayMs })).toEqual(['app.202508.log.gz age'])
    expect(names({ ageMs: 80 * dayMs })).toEqual([])
  })
})
