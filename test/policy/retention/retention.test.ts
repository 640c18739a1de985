// Which archives go: each limit alone, all together, and what holds whatever the archives are.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Limits } from '../../../src/options/settings.js'
import { compareArchives } from '../../../src/policy/names/archive-name.js'
import { planRemovals, type RetentionInput, type StoredArchive } from '../../../src/policy/retention/retention.js'
import { archiveOf, unlimited } from '../archives.js'

const dayMs = 86_400_000

function stored (name: string, bytes = 10, ageFromMs = 0): StoredArchive {
  return { archive: archiveOf(name), bytes, ageFromMs }
}

function plan (archives: readonly StoredArchive[], limits: Partial<Limits>, rest: Partial<RetentionInput> = {}): string[] {
  const input = { archives, activeBytes: 0, freeBytes: Infinity, nowMs: 0, ...rest, limits: { ...unlimited, ...limits } }
  return planRemovals(input).map(({ stored: { archive }, reason }) => `${archive.name} ${reason}`)
}

const five = [1, 2, 3, 4, 5].map((day) => stored(`app.2025100${day}.log`, 10, day * dayMs))

describe('planRemovals', () => {
  test('removes nothing if every limit is lifted', () => {
    expect(plan(five, {}, { nowMs: 1000 * dayMs, freeBytes: 0 })).toEqual([])
  })

  test('keeps the newest archives by count, in any order of input', () => {
    expect(plan([...five].reverse(), { count: 3 })).toEqual(['app.20251001.log count', 'app.20251002.log count'])
  })

  test('keeps none if the count is 0', () => {
    expect(plan(five, { count: 0 })).toHaveLength(5)
  })

  test('removes archives older than the age, but not one of exactly that age', () => {
    expect(plan(five, { ageMs: 2 * dayMs }, { nowMs: 4 * dayMs })).toEqual(['app.20251001.log age'])
  })

  test('gives no archive an age if the clock is before the archives', () => {
    expect(plan(five, { ageMs: dayMs }, { nowMs: -1000 * dayMs })).toEqual([])
  })

  test('counts the active file towards the total size', () => {
    expect(plan(five, { totalBytes: 50 })).toEqual([])
    expect(plan(five, { totalBytes: 50 }, { activeBytes: 1 })).toEqual(['app.20251001.log totalSize'])
    expect(plan(five, { totalBytes: 50 }, { activeBytes: 51 })).toHaveLength(5)
  })

  test('frees space until enough is free', () => {
    expect(plan(five, { freeBytesMin: 100 }, { freeBytes: 85 })).toEqual(['app.20251001.log minFree', 'app.20251002.log minFree'])
    expect(plan(five, { freeBytesMin: 100 }, { freeBytes: 100 })).toEqual([])
  })

  test('gives the first reason that applies, and counts a removal for one limit for the next ones too', () => {
    const limits = { ageMs: 3 * dayMs, count: 3, totalBytes: 25, freeBytesMin: 100 }
    expect(plan(five, limits, { nowMs: 5 * dayMs, freeBytes: 60 }))
      .toEqual(['app.20251001.log age', 'app.20251002.log count', 'app.20251003.log totalSize', 'app.20251004.log minFree'])
    expect(plan(five, limits, { nowMs: 5 * dayMs, freeBytes: 70 })).toHaveLength(3)
  })

  test('counts a plain and a compressed file of one archive once, and removes them together', () => {
    const pairs = [stored('app.20251001.log', 10), stored('app.20251001.log.gz', 2), stored('app.20251002.log.gz', 3), stored('app.20251003.log', 9)]
    expect(plan(pairs, { count: 3 })).toEqual([])
    expect(plan(pairs, { count: 2 })).toEqual(['app.20251001.log count', 'app.20251001.log.gz count'])
    expect(plan(pairs, { totalBytes: 23 })).toEqual(['app.20251001.log totalSize', 'app.20251001.log.gz totalSize'])
    expect(plan(pairs, { freeBytesMin: 12 }, { freeBytes: 0 })).toEqual(['app.20251001.log minFree', 'app.20251001.log.gz minFree'])
  })

  test('plans for 100,000 archives', () => {
    const archives = Array.from({ length: 100_000 }, (_, index) => stored(`app.20251001.${index + 1}.log.gz`, 1, index))
    expect(plan(archives, { count: 10, ageMs: 5, totalBytes: 8, freeBytesMin: 99_995 }, { freeBytes: 0, nowMs: 1_000 })).toHaveLength(99_995)
  })
})

describe('any plan', () => {
  const files = fc.record({
    name: fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 3 }), fc.constantFrom('', '.gz'))
      .map(([day, n, suffix]) => `app.2025100${day}.${n}.log${suffix}`),
    bytes: fc.nat(50)
  })
  const inputs: fc.Arbitrary<RetentionInput> = fc.record({
    archives: fc.uniqueArray(files, { selector: ({ name }) => name })
      .map((some) => some.map(({ name, bytes }) => stored(name, bytes, Number(archiveOf(name).stamp.slice(6)) * dayMs))),
    activeBytes: fc.nat(50),
    freeBytes: fc.nat(200),
    limits: fc.record({
      count: fc.oneof(fc.nat(10), fc.constant(Infinity)),
      ageMs: fc.oneof(fc.nat(10 * dayMs), fc.constant(Infinity)),
      totalBytes: fc.oneof(fc.nat(500), fc.constant(Infinity)),
      freeBytesMin: fc.nat(400)
    }),
    nowMs: fc.integer({ min: -dayMs, max: 15 * dayMs })
  })

  function idOf ({ archive: { stamp, n } }: StoredArchive): string {
    return `${stamp}.${n}`
  }

  function bytesOf (archives: readonly StoredArchive[]): number {
    return archives.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  test('removes files that it was given, each once, oldest first, and never half an archive', () => {
    fc.assert(fc.property(inputs, (input) => {
      const gone = planRemovals(input).map((removal) => removal.stored)
      expect(new Set(gone).size).toBe(gone.length)
      expect(gone.every((file) => input.archives.includes(file))).toBe(true)
      expect([...gone].sort((a, b) => compareArchives(a.archive, b.archive))).toEqual(gone)
      const goneIds = new Set(gone.map(idOf))
      expect(input.archives.filter((file) => goneIds.has(idOf(file)))).toHaveLength(gone.length)
    }))
  })

  test('leaves every limit kept, or no archive', () => {
    fc.assert(fc.property(inputs, (input) => {
      const gone = new Set(planRemovals(input).map((removal) => removal.stored))
      const left = input.archives.filter((file) => !gone.has(file))
      if (left.length === 0) return
      const { count, ageMs, totalBytes, freeBytesMin } = input.limits
      expect(new Set(left.map(idOf)).size).toBeLessThanOrEqual(count)
      expect(left.every(({ ageFromMs }) => input.nowMs - ageFromMs <= ageMs)).toBe(true)
      expect(input.activeBytes + bytesOf(left)).toBeLessThanOrEqual(totalBytes)
      expect(input.freeBytes + bytesOf([...gone])).toBeGreaterThanOrEqual(freeBytesMin)
    }))
  })

  test('removes no archive that could have stayed, and leaves nothing to remove', () => {
    fc.assert(fc.property(inputs, (input) => {
      const removals = planRemovals(input)
      const gone = new Set(removals.map((removal) => removal.stored))
      const left = input.archives.filter((file) => !gone.has(file))
      const freeBytes = input.freeBytes + bytesOf([...gone])
      expect(planRemovals({ ...input, archives: left, freeBytes })).toEqual([])
      const last = removals.findLast(({ reason }) => reason !== 'age')
      if (last === undefined) return
      const spared = input.archives.filter((file) => idOf(file) === idOf(last.stored))
      const again = planRemovals({ ...input, archives: [...left, ...spared], freeBytes: freeBytes - bytesOf(spared) })
      expect(again.map((removal) => removal.stored.archive.name).sort()).toEqual(spared.map(({ archive }) => archive.name).sort())
    }))
  })
})
