import { beforeEach, expect, test } from 'vitest'
import { StepHealth } from '../../src/lifecycle/step-health.js'

let told: unknown[]
let nowMs: number
let health: StepHealth

beforeEach(() => {
  told = []
  nowMs = 0
  health = new StepHealth((name, details) => { told.push({ name, ...details }) }, () => nowMs)
})

test('a step that fails again and again is told once, and once when it works', () => {
  const error = Object.assign(new Error('no room'), { code: 'ENOSPC' })
  for (const retryMs of [100, 200, 400]) health.failed('write', error, 'app.log', retryMs)
  nowMs = 1_234.4
  health.succeeded('write', { lines: 3, bytes: 30 })
  health.succeeded('write')
  expect(told).toEqual([
    { name: 'failed', step: 'write', code: 'ENOSPC', message: 'no room', path: 'app.log', retryMs: 100 },
    { name: 'recovered', step: 'write', ms: 1_234, droppedLines: 3, droppedBytes: 30 }
  ])
})

test('steps fail and recover each for itself', () => {
  health.failed('compress', new Error('damaged'), 'a', 1)
  health.failed('remove', 'not an error', 'b', 2)
  health.succeeded('compress')
  expect(told).toMatchObject([{ step: 'compress', code: 'UNKNOWN' }, { step: 'remove', message: 'not an error' }, { name: 'recovered', step: 'compress' }])
})

test('a step that never failed does not recover', () => {
  health.succeeded('rotate')
  expect(told).toEqual([])
})
