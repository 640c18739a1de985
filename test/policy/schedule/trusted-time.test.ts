// The time by which archives age, under clocks that jump.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { advance, type TrustedTime } from '../../../src/policy/schedule/trusted-time.js'

const hourMs = 3_600_000

describe('advance', () => {
  test('believes the first reading', () => {
    expect(advance(null, 5_000, 7)).toEqual({ wallMs: 5_000, monotonicMs: 7 })
  })

  test.each([
    ['follows a steady clock', 1_000, 1_000, 1_000],
    ['follows a clock that is slower', 900, 1_000, 900],
    ['follows a clock that is a little faster', 1_100, 1_000, 1_100],
    ['goes at most twice as fast when the clock jumps forward', 1_000 * hourMs, hourMs, 2 * hourMs],
    ['ages nothing at once when the clock jumps forward', 1_000 * hourMs, 0, 0],
    ['follows a jump back at once', -1_000 * hourMs, 1_000, -1_000 * hourMs],
    ['stands still when the monotonic clock goes back', 1_000, -1_000, 0]
  ])('%s', (_, wallMs, monotonicMs, expected) => {
    expect(advance({ wallMs: 0, monotonicMs: 0 }, wallMs, monotonicMs)).toEqual({ wallMs: expected, monotonicMs })
  })

  test('catches up after a suspension, in as long as that took', () => {
    const before: TrustedTime = { wallMs: 0, monotonicMs: 0 }
    const woken = advance(before, 10 * hourMs, 0)
    const later = advance(woken, 15 * hourMs, 5 * hourMs)
    expect(later.wallMs).toBe(10 * hourMs)
    expect(advance(later, 20 * hourMs, 10 * hourMs).wallMs).toBe(20 * hourMs)
  })

  test('is never ahead of the wall clock, and never goes faster than twice the monotonic clock', () => {
    const steps = fc.array(fc.record({ wallMs: fc.integer(), elapsedMs: fc.nat(1_000_000) }), { minLength: 1 })
    fc.assert(fc.property(steps, (readings) => {
      let trusted: TrustedTime | null = null
      let monotonicMs = 0
      for (const { wallMs, elapsedMs } of readings) {
        monotonicMs += elapsedMs
        const next: TrustedTime = advance(trusted, wallMs, monotonicMs)
        expect(next.wallMs).toBeLessThanOrEqual(wallMs)
        if (trusted !== null) expect(next.wallMs - trusted.wallMs).toBeLessThanOrEqual(2 * elapsedMs)
        trusted = next
      }
    }))
  })
})
