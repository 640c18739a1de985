// Keeps the result of slow work for a while. A caller waits only a moment for it, and gets the last result until then. Such work is
// done for two logs at a time, and rests ten times as long as it took, because a folder may have thousands of logs.
import { systemClock } from '../../clock.js'
import { WorkGate } from '../server/work-gate.js'
import type { WebLog } from './web-log.js'

const worksAtOnce = 2
const restFactor = 10
const gate = new WorkGate(worksAtOnce, Infinity)

interface Kept<Result> {
  result: Result
  validUntilMs: number
  making: Promise<void> | null
}

export type Remembered<Result> = (log: WebLog, patience: Promise<void>) => Promise<Result>

/** A function that gives the work's last result for a log, or `first` until there is one. It waits no longer than the caller's patience. */
export function remembered<Result> (ageMsMax: number, first: Result, work: (log: WebLog) => Promise<Result>): Remembered<Result> {
  const results = new WeakMap<WebLog['settings'], Kept<Result>>()
  return async (log, patience) => {
    const kept = results.get(log.settings) ?? { result: first, validUntilMs: -Infinity, making: null }
    results.set(log.settings, kept)
    const askedMs = systemClock.monotonic()
    if (askedMs < kept.validUntilMs) return kept.result
    kept.making ??= gate.run(async () => await work(log), new AbortController().signal).then((result) => { kept.result = result }, () => {}).then(() => {
      const madeMs = systemClock.monotonic()
      kept.validUntilMs = madeMs + Math.max(ageMsMax, restFactor * (madeMs - askedMs))
      kept.making = null
    })
    await Promise.race([kept.making, patience])
    return kept.result
  }
}
