// Time that runs faster than the world's, for the waits that are part of the protocol: that for other writers to leave an
// archive, and those between attempts.
import { systemClock, type Clock } from '../../src/clock.js'

export interface Pace {
  readonly pace: number
  /** The instant at which the wall clock stands still, so that names are known beforehand. */
  readonly standsAtMs?: number
}

/** A clock that goes faster, or stands still. */
export function quickClock ({ pace, standsAtMs }: Pace): Clock {
  return { now: () => standsAtMs ?? systemClock.now(), monotonic: () => systemClock.monotonic() * pace }
}

/** Makes this thread's timers keep the same pace. */
export function quickenTimers (pace: number): void {
  const setWorldTimeout = globalThis.setTimeout
  const setQuickTimeout = (action: () => void, delayMs: number): NodeJS.Timeout => setWorldTimeout(action, delayMs / pace)
  globalThis.setTimeout = setQuickTimeout as typeof globalThis.setTimeout
}
