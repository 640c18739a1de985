// Times that no line was probably written at, and what a picture over time does with them.
import { expect, test } from 'vitest'
import { likelyPart, likelySpan } from '../../../src/web/analytics/likely-time.js'
import type { GroupsAnswer, HistogramAnswer } from '../../../src/web/answer-shapes.js'
import { folderOfLogs, serve, usualLine } from '../server/served.js'

const nowMs = Date.UTC(2026, 0, 1)

test('keeps the likely end of a span, and none of a span without one', () => {
  expect(likelyPart({ earliestMs: nowMs - 5, latestMs: nowMs }, nowMs)).toEqual({ earliestMs: nowMs - 5, latestMs: nowMs })
  expect(likelyPart({ earliestMs: nowMs - 5, latestMs: 1e300 }, nowMs)).toEqual({ earliestMs: nowMs - 5, latestMs: nowMs - 5 })
  expect(likelyPart({ earliestMs: -5, latestMs: nowMs }, nowMs)).toEqual({ earliestMs: nowMs, latestMs: nowMs })
  expect(likelyPart({ earliestMs: -5, latestMs: 1e300 }, nowMs)).toBeNull()
})

test('finds the likely times of lines between others', () => {
  const lines = [-5, nowMs - 20, 1e300, nowMs - 10, 0].map((time) => `{"level":30,"time":${time}}\n`).join('')
  expect(likelySpan(Buffer.from(lines), nowMs)).toEqual({ earliestMs: nowMs - 20, latestMs: nowMs - 10 })
  expect(likelySpan(Buffer.from('no JSON\n{"time":-5}\n'), nowMs)).toBeNull()
})

test.each([
  ['from a clock that was never set', [-5, 1]],
  ['from the future', [99_999_999_999_999]],
  ['of both kinds, and beyond all dates', [-5, 99_999_999_999_999, 1e300]]
])('shows every usual line over its time beside lines %s', async (_, oddMs) => {
  const { json } = await serve(folderOfLogs(100, (n, timeMs) => [usualLine(n, timeMs), ...n === 50 ? oddMs.map((time) => `{"level":30,"time":${time},"n":-1}`) : []].join('\n')))
  const { buckets, fromMs, toMs } = await json<HistogramAnswer>('/api/v1/logs/1/histogram')
  expect(toMs - fromMs).toBe(99_000)
  expect(buckets.reduce((sum, { counts }) => sum + (counts['error'] ?? 0), 0)).toBe(25)
  const groups = await json<GroupsAnswer>('/api/v1/logs/1/groups?by=level')
  expect(groups.toMs - groups.fromMs).toBe(99_000)
  expect(groups.groups.map(({ series }) => series.filter(({ count }) => count > 0).length > 10)).toEqual([true, true, true])
})
