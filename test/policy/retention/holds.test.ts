// What retention waits for: archives that another side still needs stay, up to a number of bytes.
import { expect, test } from 'vitest'
import type { Hold } from '../../../src/policy/retention/holds.js'
import { planRemovals } from '../../../src/policy/retention/retention.js'
import { archiveOf, unlimited } from '../archives.js'

const nowMs = Date.UTC(2025, 9, 30)
const dayMs = 86_400_000
const names = [1, 2, 3, 4, 5].map((day) => `app.2025100${day}.log.gz`)
const archives = names.map((name, index) => ({ archive: archiveOf(name), bytes: 100, ageFromMs: nowMs - (10 - index) * dayMs }))

function hold (name: Hold['name'], bytesMax: number, days: readonly number[]): Hold {
  return { name, bytesMax, needs: ({ stamp }) => days.includes(Number(stamp.slice(-1))) }
}

function removed (holds: readonly Hold[], limits = { count: 2 } as object): Array<[string, readonly string[]]> {
  return planRemovals({ archives, activeBytes: 0, freeBytes: Infinity, limits: { ...unlimited, ...limits }, nowMs, holds })
    .map(({ stored: { archive }, givenUp }) => [archive.name, givenUp])
}

test('keeps archives beyond every limit while they are needed elsewhere', () => {
  const all = hold('stored', 1_000, [1, 2, 3, 4, 5])
  for (const limits of [{ count: 1 }, { ageMs: dayMs }, { totalBytes: 100 }]) expect(removed([all], limits), JSON.stringify(limits)).toEqual([])
})

test('removes the archives between that are not needed any more', () => {
  expect(removed([hold('stored', 1_000, [1])])).toEqual([[names[1], []], [names[2], []], [names[3], []]])
})

test('gives up the oldest beyond the bytes that may be held, and names what it no longer waits for', () => {
  expect(removed([hold('stored', 400, [1, 2, 3, 4, 5])])).toEqual([[names[0], ['stored']]])
  expect(removed([hold('stored', 300, [1, 2, 3, 4, 5]), hold('forwarded', 0, [2])])).toEqual([[names[0], ['stored']], [names[1], ['stored', 'forwarded']]])
})

test('lets every party that needs an archive hold it', () => {
  expect(removed([hold('stored', 0, [1]), hold('forwarded', 1_000, [1])]).map(([name]) => name)).not.toContain(names[0])
})
