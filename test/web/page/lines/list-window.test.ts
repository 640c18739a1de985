// Which rows of the list are drawn, and where.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { listHeight, listWindow, rowAt, rowTop, scrollToRow, type ListShape } from '../../../../src/web/page/lines/list-window.js'

const shapes = fc.record({
  count: fc.integer({ min: 1, max: 200 }),
  unfolded: fc.uniqueArray(fc.record({ index: fc.integer({ min: 0, max: 199 }), extraPx: fc.integer({ min: 0, max: 300 }) }), { maxLength: 5, selector: ({ index }) => index })
}).map(({ count, unfolded }): ListShape => ({ count, rowPx: 20, unfolded: unfolded.filter(({ index }) => index < count).sort((a, b) => a.index - b.index) }))

test('finds the row at every place of the list, unfolded rows included', () => {
  fc.assert(fc.property(shapes, fc.double({ min: 0, max: 1, noNaN: true }), (shape, part) => {
    const placePx = part * (listHeight(shape) - 1)
    const index = rowAt(shape, placePx)
    expect(rowTop(shape, index)).toBeLessThanOrEqual(placePx)
    const end = index === shape.count - 1 ? listHeight(shape) : rowTop(shape, index + 1)
    expect(end).toBeGreaterThan(placePx)
  }))
})

test('draws every row in view, and few others', () => {
  fc.assert(fc.property(shapes, fc.double({ min: 0, max: 1, noNaN: true }), (shape, part) => {
    const scrollPx = part * Math.max(0, listHeight(shape) - 100)
    const { from, to } = listWindow(shape, scrollPx, 100, 3)
    expect(to - from).toBeLessThanOrEqual(100 / 20 + 2 + 6)
    for (let index = 0; index < shape.count; index++) {
      const [topPx, bottomPx] = [rowTop(shape, index), rowTop(shape, index) + 20]
      if (bottomPx > scrollPx && topPx < scrollPx + 100) expect(index >= from && index < to).toBe(true)
    }
  }))
})

test('moves as little as possible to show a row', () => {
  const shape = { count: 100, rowPx: 20, unfolded: [] }
  expect(scrollToRow(shape, 5, 60, 100)).toBe(60)
  expect(scrollToRow(shape, 1, 60, 100)).toBe(20)
  expect(scrollToRow(shape, 10, 60, 100)).toBe(120)
})

test('draws nothing of an empty list', () => {
  expect(listWindow({ count: 0, rowPx: 20, unfolded: [] }, 0, 100, 5)).toEqual({ from: 0, to: 0 })
})
