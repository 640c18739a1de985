import { expect, test } from 'vitest'
import { Patience } from '../../src/transport-handle/patience.js'
import { WaitBudget, waitBudgets } from '../../src/transport-handle/wait-budget.js'

/** Guarantee 14: neither a flush nor the end of a process blocks for longer. */
const promisedMs = 2_000
let nowMs = 0
const monotonic = (): number => nowMs

test('all handles of a process together wait at most 2 s for disks that do not answer', () => {
  nowMs = 0
  const patience = new Patience(monotonic)
  let waits = 0
  while (waits < 1_000 && patience.wait(false, (timeoutMs) => { nowMs += waits % 2 === 0 ? timeoutMs / 2 : timeoutMs })) waits++
  expect(waits).toBeGreaterThan(0)
  expect(waits).toBeLessThan(1_000)
  expect(nowMs).toBeLessThanOrEqual(promisedMs)
})

test('a write waits at most 2 s for a disk that does not answer', () => {
  nowMs = 0
  const { later } = waitBudgets(monotonic)
  const startMs = nowMs
  while (later.leftMs >= 1) later.spend(() => { nowMs += later.leftMs })
  expect(nowMs - startMs).toBeGreaterThan(0)
  expect(nowMs - startMs).toBeLessThanOrEqual(promisedMs)
})

test('time that the application does not wait is given back', () => {
  nowMs = 0
  const budget = new WaitBudget(monotonic, 1_000)
  budget.spend(() => { nowMs += 1_000 })
  expect(budget.leftMs).toBe(0)
  nowMs += 400
  expect(budget.leftMs).toBe(400)
})
