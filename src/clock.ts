// The only place that reads a clock. Everything else takes the time as an argument or a Clock that a test can move.

export interface Clock {
  /** The wall clock in milliseconds since the epoch. It may jump either way. */
  now: () => number
  /** Milliseconds on a clock that only ever goes forward, from an arbitrary start. */
  monotonic: () => number
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now()
}
