// Time that a test moves: timers, both clocks and `Date` go together, and the disk answers in real time meanwhile.
import { setImmediate } from 'node:timers/promises'
import { onTestFinished, vi } from 'vitest'

/** Stops the clocks at the instant until the running test is over. */
export function stopTimeAt (instant: string): void {
  vi.useFakeTimers({ now: new Date(instant), toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] })
  onTestFinished(() => { vi.useRealTimers() })
}

/** Moves both clocks on and rings what is due on the way. */
export function pass (ms: number): void {
  vi.advanceTimersByTime(ms)
}

/** Puts the wall clock alone to another instant, as a time server or an operator does. */
export function jumpTo (instant: string): void {
  vi.setSystemTime(new Date(instant))
}

/** Lets the disk answer what it was asked, without any time passing. */
export async function settleDisk (): Promise<false> {
  for (let turn = 0; turn < 50; turn++) await setImmediate()
  return false
}

/** Lets time pass, step by step, until the outcome is there. */
export async function passUntil<Outcome> (outcome: Promise<Outcome>, stepMs = 100): Promise<Outcome> {
  const there = outcome.then(() => true, () => true)
  while (!await Promise.race([there, settleDisk()])) vi.advanceTimersByTime(stepMs)
  return await outcome
}
