import { beforeEach, expect, test } from 'vitest'
import { Alarm } from '../../src/lifecycle/alarm.js'
import { jumpTo, pass, stopTimeAt } from '../support/passing-time.js'

const day = 86_400_000

let rings: string[]
let wall: Alarm

beforeEach(() => {
  stopTimeAt('2025-10-01T00:00:00Z')
  rings = []
  wall = new Alarm(() => Date.now(), () => { rings.push(new Date().toISOString()) })
})

test('rings once, at the instant', () => {
  wall.setAt(Date.now() + 1_500)
  pass(1_499)
  expect(rings).toEqual([])
  pass(60_000)
  expect(rings).toEqual(['2025-10-01T00:00:01.500Z'])
  expect(wall.isSet).toBe(false)
})

test('rings after more than the 24.8 days that a timer can count', () => {
  wall.setAt(Date.parse('2025-12-31T00:00:00Z'))
  pass(90 * day)
  expect(rings).toEqual([])
  pass(day)
  expect(rings).toEqual(['2025-12-31T00:00:00.000Z'])
})

test('rings within a minute if the clock jumped over the instant', () => {
  wall.setAt(Date.parse('2025-10-02T00:00:00Z'))
  jumpTo('2025-10-03T00:00:00Z')
  pass(60_000)
  expect(rings).toEqual(['2025-10-03T00:01:00.000Z'])
})

test('waits again after the clock went back', () => {
  wall.setAt(Date.parse('2025-10-01T00:00:30Z'))
  jumpTo('2025-09-30T23:00:00Z')
  pass(60 * 60_000)
  expect(rings).toEqual([])
  pass(60_000)
  expect(rings).toEqual(['2025-10-01T00:00:30.000Z'])
})

test('rings at once for an instant that has passed, but not before the caller is done', () => {
  wall.setAt(Date.now() - 5_000)
  expect(rings).toEqual([])
  pass(1)
  expect(rings).toHaveLength(1)
})

test('is replaced by a later setting, and not by one that is only for an unset alarm', () => {
  wall.setAt(Date.now() + 1_000)
  wall.setAt(Date.now() + 2_000)
  wall.setUnlessSet(10)
  pass(1_999)
  expect(rings).toEqual([])
  pass(1)
  expect(rings).toHaveLength(1)
})

test('never rings for Infinity or once it is cleared', () => {
  wall.setAt(Infinity)
  expect(wall.isSet).toBe(false)
  wall.setAt(Date.now() + 10)
  wall.clear()
  pass(day)
  expect(rings).toEqual([])
})
