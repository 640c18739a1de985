// The callers that wait for a requested sweep. A call is served by a pass that began after it.
import { settleMs } from '../../policy/settling.js'
import type { PassOutcome } from './log-sweep.js'
import { joinRecords, nothingDone, type SweepRecord } from './sweep-record.js'

interface Waiter {
  readonly sinceMs: number
  /** The time from which a pass sees everything that existed at the call. */
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

  /** Calls `ask` to start a pass. Resolves to what was done once everything that existed at the call has been handled. */
  async wait (ask: () => void): Promise<SweepRecord> {
    // The alarms let a process end, but not while a caller waits for their result.
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

  /** Notes the outcome of the pass that began at that time. */
  serve (outcome: PassOutcome, startedMs: number): void {
    for (const waiter of [...this.#waiting]) {
      waiter.record = joinRecords(waiter.record, outcome.record)
      if (waiter.sinceMs < startedMs) this.#serve(waiter, outcome, startedMs)
    }
  }

  /** Tells every waiting caller that there will be no sweep. */
  reject (error: unknown): void {
    for (const waiter of this.#waiting.splice(0)) waiter.reject(error)
  }

  #serve (waiter: Waiter, outcome: PassOutcome, startedMs: number): void {
    switch (outcome.settlement) {
      case 'unfinished': return
      case 'no room':
        this.#forget(waiter)
        waiter.reject(outcome.error)
        return
      case 'some unsettled':
        // A pass that begins so much later settles everything that the earlier one saw. Newer files need not be settled.
        if (startedMs - waiter.seenByMs < settleMs) {
          waiter.seenByMs = Math.min(waiter.seenByMs, this.#monotonic())
          return
        }
        break
      case 'all done': break
    }
    this.#forget(waiter)
    waiter.resolve(waiter.record)
  }

  #forget (waiter: Waiter): void {
    this.#waiting.splice(this.#waiting.indexOf(waiter), 1)
  }
}
