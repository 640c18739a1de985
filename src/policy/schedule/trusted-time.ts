// The time by which archives age. A wall clock may jump forward, for example because of a bad time server or a wrong date at
// boot. That must not make every archive too old at once. A removal cannot be undone, and a late one only costs room.

export interface TrustedTime {
  readonly wallMs: number
  readonly monotonicMs: number
}

// Faster than real time, so that a machine that was suspended catches up with the wall clock.
const paceMax = 2

/**
 * The trusted time after another reading of both clocks. The first reading is believed. Later it follows the wall clock, at
 * most twice as fast as the monotonic clock runs, and never runs ahead of it.
 */
export function advance (previous: TrustedTime | null, nowMs: number, monotonicMs: number): TrustedTime {
  if (previous === null) return { wallMs: nowMs, monotonicMs }
  const elapsedMs = Math.max(0, monotonicMs - previous.monotonicMs)
  return { wallMs: Math.min(nowMs, previous.wallMs + elapsedMs * paceMax), monotonicMs }
}
