// The shapes of the histogram.
import { expect, test } from 'vitest'
import { axisTimes, draggedTimes, histogramShape, levelCounts, zoomedOut } from '../../../../src/web/page/histogram/histogram-geometry.js'

const buckets = [{ timeMs: 0, counts: { error: 1, info: 99 } }, { timeMs: 10, counts: {} }, { timeMs: 20, counts: { info: 50 } }]

test('stacks the levels of a bucket, and leaves out those without a line', () => {
  const { paths, countMax } = histogramShape(buckets, ['error', 'warn', 'info'], 30, 102)
  expect(countMax).toBe(100)
  expect(paths).toEqual([
    { level: 'error', path: 'M0 102h9v-1h-9z' },
    { level: 'info', path: 'M0 101h9v-99h-9zM20 102h9v-50h-9z' }
  ])
})

test('one line among thousands is still seen', () => {
  const { paths } = histogramShape([{ timeMs: 0, counts: { error: 1, info: 100_000 } }], ['error', 'info'], 10, 80)
  expect(paths[0]?.path).toContain('v-1h')
})

test('a drag in either direction names the time between its ends; a click names none', () => {
  expect(draggedTimes(0.25, 0.75, 1_000, 2_000)).toEqual({ sinceMs: 1_250, untilMs: 1_750 })
  expect(draggedTimes(0.75, 0.25, 1_000, 2_000)).toEqual({ sinceMs: 1_250, untilMs: 1_750 })
  expect(draggedTimes(-1, 2, 1_000, 2_000)).toEqual({ sinceMs: 1_000, untilMs: 2_000 })
  expect(draggedTimes(0.5, 0.501, 1_000, 2_000)).toBeNull()
  expect(zoomedOut(1_000, 2_000)).toEqual({ sinceMs: 500, untilMs: 2_500 })
})

test('counts each level over all buckets', () => {
  expect([...levelCounts(buckets)]).toEqual([['error', 1], ['info', 149]])
})

test('the axis has few times, at round distances in the zone', () => {
  const hour = 3_600_000
  expect(axisTimes(0, 24 * hour, 8, 0)).toEqual([0, 3, 6, 9, 12, 15, 18, 21].map((hours) => hours * hour))
  expect(axisTimes(0, 24 * hour, 8, hour)).toEqual([2, 5, 8, 11, 14, 17, 20, 23].map((hours) => hours * hour))
  expect(axisTimes(5, 5, 8, 0)).toEqual([])
})
