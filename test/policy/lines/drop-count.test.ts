import { beforeEach, expect, test } from 'vitest'
import { DropCount } from '../../../src/policy/lines/drop-count.js'

let told: unknown[]
let dropped: DropCount

beforeEach(() => {
  told = []
  let nowMs = Date.parse('2025-10-01T12:00:00Z')
  dropped = new DropCount((name, details) => { told.push({ name, ...details }) }, () => (nowMs += 1_000))
})

test('reports the first loss at once and later ones when announced, and all add up', () => {
  dropped.add({ lines: 1, bytes: 10 })
  dropped.add({ lines: 2, bytes: 20 })
  dropped.add({ lines: 3, bytes: 30 })
  dropped.announce()
  dropped.announce()
  const since = '2025-10-01T12:00:01.000Z'
  expect(told).toEqual([{ name: 'dropped', lines: 1, bytes: 10, since }, { name: 'dropped', lines: 5, bytes: 50, since }])
  dropped.add({ lines: 4, bytes: 40 })
  expect(dropped.settle()).toEqual({ lines: 10, bytes: 100 })
  expect(told.at(-1)).toEqual({ name: 'dropped', lines: 4, bytes: 40, since })
})

test('counts from zero after it is settled', () => {
  dropped.add({ lines: 1, bytes: 10 })
  dropped.settle()
  dropped.add({ lines: 2, bytes: 20 })
  expect(told.at(-1)).toEqual({ name: 'dropped', lines: 2, bytes: 20, since: '2025-10-01T12:00:02.000Z' })
  expect(dropped.settle()).toEqual({ lines: 2, bytes: 20 })
})

test('reports nothing without a loss', () => {
  dropped.add({ lines: 0, bytes: 0 })
  expect(dropped.settle()).toEqual({ lines: 0, bytes: 0 })
  expect(told).toEqual([])
})
