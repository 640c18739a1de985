// The lines of the charts.
import { expect, test } from 'vitest'
import { chartOf, groupName } from '../../../../src/web/page/analytics/series.js'

test('a bucket without a value interrupts the line of its group', () => {
  const group = { value: '/a', count: 3, series: [{ timeMs: 0, count: 1, p95: 10 }, { timeMs: 5, count: 0 }, { timeMs: 10, count: 2, p95: 20 }] }
  const { lines, valueMax } = chartOf([group], 'p95', { fromMs: 0, toMs: 10 }, 100, 104)
  expect(valueMax).toBe(20)
  expect(lines).toEqual([{ name: '/a', path: 'M0 53h0.01M100 3h0.01', lastValue: 20 }])
})

test('calls the groups beyond the most frequent ones all others, and an empty value empty', () => {
  expect(['/a', '', null].map(groupName)).toEqual(['/a', '(empty)', '(all others)'])
})
