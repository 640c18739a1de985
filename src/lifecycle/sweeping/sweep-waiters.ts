// The callers that asked for a sweep and wait for it. A call is served by a pass that began after it.
import { settleMs } from '../../policy/settling.js'
import type { PassOutcome } from './log-sweep.js'
import { joinRecords, nothingDone, type SweepRecord } from './sweep-record.js'

interface Waiter {
  readonly sinceMs: number
  /** When a pass had seen all that there was at the call. */
  seenByMs: number
  /** What was done since the call. */
  record: SweepRecord
  readonly resolve: (record: SweepRecord) => void
  readonly reject: (error: unknown) => void
}

const stayMs = 60_000

export class SweepWaiters {
  readonly #monotonic: () => number
  readonly #waiting: Waiter[] = []

  constructor (monotonic: () => number) {
    this.#monotonic = monotonic
  }

  get isEmpty (): boolean {
    return this.#waiting.length === 0
  }

  /** Resolves to what was done, once all that there is at the call has been seen to. `ask` makes a pass begin. */
  async wait (ask: () => void): Promise<SweepRecord> {
    // The alarms let a process end, but not while a caller waits for what they bring about.
    const stay = setInterval(() => {}, stayMs)
    try {
      return await new Promise<SweepRecord>((resolve, reject) => {
        this.#waiting.push({ sinceMs: this.#monotonic(), seenByMs: Infinity, record: nothingDone, resolve, reject })
        ask()
      })
    } finally {
      clearInterval(stay)
    }
  }

  /** Takes note of how the pass ended that began then. */
  serve (outcome: PassOutcome, startedMs: number): void {
    for (const waiter of [...this.#waiting]) {
      waiter.record = joinRecords(waiter.record, outcome.record)
      if (outcome.settlement !== 'unfinished' && waiter.sinceMs < startedMs) this.#serve(waiter, outcome.settlement, startedMs)
    }
  }

  /** Tells every waiting caller that there will be no sweep. */
  reject (error: unknown): void {
    for (const waiter of this.#waiting.splice(0)) waiter.reject(error)
  }

  // What a pass has seen is settled for certain in a pass that begins that much later. What came since need not be.
  #serve (waiter: Waiter, settlement: 'all done' | 'some unsettled', startedMs: number): void {
    if (settlement === 'some unsettled' && startedMs - waiter.seenByMs < settleMs) {
      waiter.seenByMs = Math.min(waiter.seenByMs, this.#monotonic())
      return
    }
    this.#waiting.splice(this.#waiting.indexOf(waiter), 1)
    waiter.resolve(waiter.record)
  }
}
