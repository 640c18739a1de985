import { beforeEach, describe, expect, test } from 'vitest'
import { StepHealth } from '../../src/lifecycle/step-health.js'
import { actAs } from '../support/platform.js'

let told: unknown[]
let nowMs: number
let health: StepHealth

beforeEach(() => {
  told = []
  nowMs = 0
  health = new StepHealth((name, details) => { told.push({ name, ...details }) }, () => nowMs)
})

test('a step that keeps failing is reported once, and once more when it works', () => {
  const error = Object.assign(new Error('no room'), { code: 'ENOSPC' })
  for (const retryMs of [100, 200, 400]) health.failed('write', error, 'app.log', retryMs)
  nowMs = 1_234.4
  health.succeeded('write', { lines: 3, bytes: 30 })
  health.succeeded('write')
  expect(told).toEqual([
    { name: 'failed', step: 'write', code: 'ENOSPC', message: expect.stringMatching(/^no room; to cure it, make room/) as string, path: 'app.log', retryMs: 100 },
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

describe('on Windows, a step whose file another program may be holding', () => {
  beforeEach(() => { actAs('win32') })

  test.each(['EBUSY', 'EPERM', 'EACCES'])('is not reported if %s passes within a second', (code) => {
    for (nowMs of [0, 100, 300, 700, 999]) health.failed('rotate', Object.assign(new Error('held'), { code }), 'app.log', 100)
    health.succeeded('rotate')
    expect(told).toEqual([])
  })

  test('is reported once after a second, with its whole duration', () => {
    for (nowMs of [0, 700, 1_000, 1_800]) health.failed('rotate', Object.assign(new Error('held'), { code: 'EPERM' }), 'app.log', 800)
    nowMs = 2_000
    health.succeeded('rotate')
    expect(told).toMatchObject([{ name: 'failed', step: 'rotate', code: 'EPERM' }, { name: 'recovered', ms: 2_000 }])
  })

  test('is reported at once if the next attempt is later than that', () => {
    health.failed('compress', Object.assign(new Error('held'), { code: 'EPERM' }), 'app.log', 1_000)
    expect(told).toHaveLength(1)
  })

  test('is reported at once for any other reason', () => {
    health.failed('write', Object.assign(new Error('full'), { code: 'ENOSPC' }), 'app.log', 100)
    expect(told).toHaveLength(1)
  })
})
