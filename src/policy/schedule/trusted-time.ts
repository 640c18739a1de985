// The time by which archives age. A wall clock that jumps forward must not make every archive too old at once, for example after a bad time server or a boot at a
// wrong date. Removal cannot be undone, and a late one costs only room.

export interface TrustedTime {
  readonly wallMs: number
  readonly monotonicMs: number
}

// Faster than time itself, so that a machine that was suspended catches up with the wall clock.
const paceMax = 2

/**
 * The trusted time after a further reading of both clocks. The first reading is believed; later it follows the wall
 * clock at most twice as fast as the monotonic clock goes, and never runs ahead of it.
 */
export function advance (previous: TrustedTime | null, nowMs: number, monotonicMs: number): TrustedTime {
  if (previous === null) return { wallMs: nowMs, monotonicMs }
  const elapsedMs = Math.max(0, monotonicMs - previous.monotonicMs)
  return { wallMs: Math.min(nowMs, previous.wallMs + elapsedMs * paceMax), monotonicMs }
}
