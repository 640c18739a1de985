import { expect, test } from 'vitest'
import { rotationBackoffMs, backoffMs, slowBackoffMs } from '../../src/policy/backoff.js'

function pauses (pauseMs: (attempts: number) => number, attempts: number): number[] {
  return Array.from({ length: attempts }, (_, index) => pauseMs(index + 1))
}

test('writes and rotations are tried again soon, then each 800 ms', () => {
  expect(pauses(backoffMs, 7)).toEqual([100, 200, 400, 800, 800, 800, 800])
})

test('sweeps are tried again after a second, then less and less often, and each minute in the end', () => {
  expect(pauses(slowBackoffMs, 9)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000])
})

test.each([['writes', backoffMs, 800], ['sweeps', slowBackoffMs, 60_000]] as const)('the pause between %s never grows beyond its cap, however many attempts failed', (_, pauseMs, capMs) => {
  expect(pauseMs(10_000)).toBe(capMs)
})

test('a rotation that a mount refuses is soon tried once more, then seldom, and at the latest after a minute', () => {
  for (const code of ['EXDEV', 'EBUSY']) {
    expect([1, 2, 3, 4, 5, 6].map((attempts) => rotationBackoffMs(attempts, code))).toEqual([100, 10_000, 20_000, 40_000, 60_000, 60_000])
  }
  expect(rotationBackoffMs(9, 'EIO')).toBe(800)
})
