// Keeps the result of slow work for a while. A caller waits only a moment for it, and gets the last result until then.
import { setTimeout } from 'node:timers/promises'
import { systemClock } from '../../clock.js'
import type { WebLog } from './web-log.js'

const patienceMs = 150

interface Kept<Result> {
  result: Result
  madeMs: number
  making: Promise<void> | null
}

/** A function that gives the work's last result for a log, at most that old, or `first` until there is one. */
export function remembered<Result> (ageMsMax: number, first: Result, work: (log: WebLog) => Promise<Result>): (log: WebLog) => Promise<Result> {
  const results = new WeakMap<WebLog['settings'], Kept<Result>>()
  return async (log) => {
    const kept = results.get(log.settings) ?? { result: first, madeMs: -Infinity, making: null }
    results.set(log.settings, kept)
    if (systemClock.monotonic() - kept.madeMs < ageMsMax) return kept.result
    kept.making ??= work(log).then((result) => { kept.result = result }, () => {}).then(() => {
      kept.madeMs = systemClock.monotonic()
      kept.making = null
    })
    await Promise.race([kept.making, setTimeout(patienceMs, undefined, { ref: false })])
    return kept.result
  }
}
