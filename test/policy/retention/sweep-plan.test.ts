// What one sweep does: limits before compression, nothing that is still being written, and a time to look again.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Bundling, CompressAfter, Compression, Limits } from '../../../src/options/settings.js'
import { settleMs } from '../../../src/policy/settling.js'
import { ageFrom, planSweep, rotatedAt, type FoundArchive, type SweepInput } from '../../../src/policy/retention/sweep-plan.js'
import { archiveOf, unlimited } from '../archives.js'

const nowMs = Date.UTC(2025, 9, 10)
const hourMs = 3_600_000

function found (name: string, more: Partial<FoundArchive> = {}): FoundArchive {
  return { archive: archiveOf(name), bytes: 10, ageFromMs: nowMs, rotatedAtMs: nowMs, modifiedMs: nowMs, settled: true, ...more }
}

function compression (after: CompressAfter): Compression {
  return { algorithm: 'gzip', level: 6, after, blocks: { index: [] } }
}

interface Asked extends Partial<Omit<SweepInput, 'archives' | 'settings'>> {
  readonly limits?: Partial<Limits>
  readonly after?: CompressAfter | null
  readonly bundle?: Bundling | null
}

function inputOf (archives: readonly FoundArchive[], { limits, after = { delayMs: 0 }, bundle = null, ...rest }: Asked): SweepInput {
  const settings = { limits: { ...unlimited, ...limits }, compression: after === null ? null : compression(after), bundle }
  return { archives, activeBytes: 0, freeBytes: Infinity, settings, nowMs, trustedNowMs: nowMs, deferredUntilMs: -Infinity, urgent: false, holds: [], ...rest }
}

function plan (archives: readonly FoundArchive[], asked: Asked = {}): { removed: string[], compressed: string[], wakeInMs: number | null } {
  const { removals, compressions, wakeInMs } = planSweep(inputOf(archives, asked))
  return { removed: removals.map(({ stored }) => stored.archive.name), compressed: compressions.map(({ name }) => name), wakeInMs }
}

const older = 'app.20251001.log'
const newer = 'app.20251002.log'

describe('planSweep', () => {
  test('compresses plain archives, oldest first, and no others', () => {
    expect(plan([found(newer), found(older), found('app.20250930.log.gz')])).toEqual({ removed: [], compressed: [older, newer], wakeInMs: null })
  })

  test('compresses nothing if compression is off, and waits for nothing', () => {
    expect(plan([found(older), found(newer, { settled: false })], { after: null })).toEqual({ removed: [], compressed: [], wakeInMs: null })
  })

  test('removes nothing while bundles are on, because remaining archives are in no bundle', () => {
    const bundle: Bundling = { period: 'month', schedule: { kind: 'cron', expression: '0 0 1 * *', timezone: 'UTC' }, directory: '/var/log/archive', limits: unlimited }
    const limits = { count: 1, ageMs: 1, totalBytes: 1, freeBytesMin: 1000 }
    expect(plan([found(older, { ageFromMs: 0 }), found(newer)], { limits, bundle, freeBytes: 0 })).toEqual({ removed: [], compressed: [older, newer], wakeInMs: null })
  })

  test('does not compress what it removes', () => {
    expect(plan([found(older), found(newer)], { limits: { count: 1 } })).toEqual({ removed: [older], compressed: [newer], wakeInMs: null })
  })

  test('waits for nothing that it removes', () => {
    const asked = { limits: { count: 1 }, after: { delayMs: hourMs } }
    expect(plan([found(older), found(newer, { rotatedAtMs: nowMs - hourMs })], asked)).toEqual({ removed: [older], compressed: [newer], wakeInMs: null })
  })

  test('removes on a full disk what may still be written, but does not compress it', () => {
    const archives = [found(older, { settled: false }), found(newer, { settled: false })]
    const asked = { limits: { count: 1 } }
    expect(plan(archives, asked)).toEqual({ removed: [], compressed: [], wakeInMs: settleMs })
    expect(plan(archives, { ...asked, urgent: true })).toEqual({ removed: [older], compressed: [], wakeInMs: settleMs })
  })

  test('ages archives by the trusted time', () => {
    const archives = [found('app.20251001.log.gz', { ageFromMs: nowMs - 2 * hourMs })]
    expect(plan(archives, { limits: { ageMs: hourMs } }).removed).toHaveLength(1)
    expect(plan(archives, { limits: { ageMs: hourMs }, trustedNowMs: nowMs - hourMs }).removed).toHaveLength(0)
  })

  test('neither removes nor compresses what may still be written, and looks again soon', () => {
    expect(plan([found(older, { settled: false }), found(newer)], { limits: { count: 1 } }))
      .toEqual({ removed: [], compressed: [newer], wakeInMs: settleMs })
    expect(plan([found(older, { settled: false })])).toEqual({ removed: [], compressed: [], wakeInMs: settleMs })
  })

  test('removes no newer archive instead of one that may still be written', () => {
    expect(plan([found(older, { settled: false }), found(newer)], { limits: { totalBytes: 10 }, after: null }))
      .toEqual({ removed: [], compressed: [], wakeInMs: settleMs })
  })

  test('keeps the compressed file of an archive whose plain one may still be written', () => {
    expect(plan([found(older, { settled: false }), found(`${older}.gz`), found(newer)], { limits: { count: 1 }, after: null }))
      .toEqual({ removed: [], compressed: [], wakeInMs: settleMs })
  })

  test('removes a compressed archive that has not settled', () => {
    expect(plan([found(`${older}.gz`, { settled: false })], { limits: { count: 0 } }).removed).toEqual([`${older}.gz`])
  })

  test.each([
    ['just rotated', 0, [], hourMs],
    ['rotated a while ago', 20 * 60_000, [], 40 * 60_000],
    ['rotated as long ago as it is left plain', hourMs, [older], null],
    ['rotated in a future that the clock has left', -1_000 * hourMs, [], hourMs]
  ])('leaves an archive plain for its delay: %s', (_, agoMs, compressed, wakeInMs) => {
    expect(plan([found(older, { rotatedAtMs: nowMs - agoMs })], { after: { delayMs: hourMs } })).toEqual({ removed: [], compressed, wakeInMs })
  })

  test('compresses at once without a delay, even an archive with a future stamp', () => {
    expect(plan([found(older, { rotatedAtMs: nowMs + hourMs })])).toEqual({ removed: [], compressed: [older], wakeInMs: null })
  })

  test('wakes for the first that comes due', () => {
    const archives = [found(older, { rotatedAtMs: nowMs - 10 }), found(newer, { rotatedAtMs: nowMs - 20 })]
    expect(plan(archives, { after: { delayMs: hourMs } }).wakeInMs).toBe(hourMs - 20)
  })

  test('does not wake for settling if the delay is longer', () => {
    expect(plan([found(older, { settled: false })], { after: { delayMs: hourMs } }).wakeInMs).toBe(hourMs)
    expect(plan([found(older, { settled: false })], { after: { delayMs: 1 } }).wakeInMs).toBe(settleMs)
  })

  test('leaves the compression that is put off until the sweep of the schedule after the rotation', () => {
    const asked: Asked = { after: 'sweep', deferredUntilMs: nowMs - hourMs }
    expect(plan([found(older, { rotatedAtMs: nowMs - hourMs + 1 }), found(newer, { settled: false })], asked)).toEqual({ removed: [], compressed: [], wakeInMs: null })
    expect(plan([found(older, { rotatedAtMs: nowMs - hourMs })], asked)).toEqual({ removed: [], compressed: [older], wakeInMs: null })
  })

  test('looks again soon at what the sweep of the schedule could not compress yet', () => {
    expect(plan([found(newer, { settled: false })], { after: 'sweep', deferredUntilMs: nowMs })).toEqual({ removed: [], compressed: [], wakeInMs: settleMs })
  })

  test('compresses deferred archives on request, even one with a future stamp', () => {
    const archives = [found(older), found(newer, { rotatedAtMs: nowMs + hourMs })]
    expect(plan(archives, { after: 'sweep', deferredUntilMs: nowMs }).compressed).toEqual([older, newer])
  })

  test('plans for 100,000 archives', () => {
    const archives = Array.from({ length: 100_000 }, (_, index) => found(`app.20251001.${index + 1}.log${index % 2 === 0 ? '.gz' : ''}`))
    expect(plan(archives, { limits: { count: 50_000 } }).compressed).toHaveLength(25_000)
  })

  test('touches only settled or compressed archives, does nothing twice, and never wakes at once', () => {
    const archives = fc.uniqueArray(fc.record({
      name: fc.tuple(fc.integer({ min: 1, max: 9 }), fc.constantFrom('', '.gz')).map(([day, suffix]) => `app.2025100${day}.log${suffix}`),
      settled: fc.boolean(),
      agoMs: fc.integer({ min: -2 * hourMs, max: 2 * hourMs })
    }), { selector: ({ name }) => name }).map((some) => some.map(({ name, settled, agoMs }) => found(name, { settled, rotatedAtMs: nowMs - agoMs })))
    const asked: fc.Arbitrary<Asked> = fc.record({
      limits: fc.record({ count: fc.nat(9), totalBytes: fc.nat(100) }),
      after: fc.constantFrom<CompressAfter | null>(null, 'sweep', { delayMs: 0 }, { delayMs: hourMs }),
      deferredUntilMs: fc.integer({ min: nowMs - 2 * hourMs, max: nowMs })
    })
    fc.assert(fc.property(archives, asked, (some, question) => {
      const { removals, compressions, wakeInMs } = planSweep(inputOf(some, question))
      const touched = [...removals.map(({ stored }) => stored.archive), ...compressions]
      expect(new Set(touched).size).toBe(touched.length)
      for (const archive of touched) {
        expect(archive.suffix !== '' || some.find((one) => one.archive === archive)?.settled).toBe(true)
      }
      expect(compressions.every(({ suffix }) => suffix === '')).toBe(true)
      if (wakeInMs === null) return
      expect(wakeInMs).toBeGreaterThan(0)
      expect(wakeInMs).toBeLessThanOrEqual(hourMs)
    }))
  })
})

describe('ageFrom', () => {
  test.each([
    ['app.20251001.log', 'UTC', '2025-10-02T00:00:00.000Z'],
    ['app.20251001.3.log.gz', 'Europe/Rome', '2025-10-01T22:00:00.000Z'],
    ['app.20251001_121111.log', 'Europe/Rome', '2025-10-01T10:11:11.000Z']
  ])('of %s in %s is %s', (name, timezone, expected) => {
    expect(new Date(ageFrom(archiveOf(name), timezone)).toISOString()).toBe(expected)
  })
})

describe('rotatedAt', () => {
  const changedMs = Date.UTC(2025, 9, 5)

  test.each([
    ['the instant of a datetime stamp', 'app.20251001_121111.log', Date.UTC(2025, 9, 1, 12, 11, 11)],
    ['the change of a file with a date stamp', 'app.20251001.log', changedMs],
    ['the change of a file whose stamp is later than that', 'app.20991001_121111.log', changedMs]
  ])('is %s', (_, name, expected) => {
    expect(rotatedAt(archiveOf(name), changedMs, 'UTC')).toBe(expected)
  })
})
