// Those who asked for a sweep and wait for it. Whoever asked before a pass began is served by it.
import { settleMs } from '../../policy/settling.js'

/** How a pass ended. Unfinished: another is under way or wanted. */
export type Outcome = 'all done' | 'some unsettled' | 'unfinished'

interface Waiter {
  readonly sinceMs: number
  /** By when a pass had seen all that there was at the call. */
  seenByMs: number
  readonly resolve: () => void
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

  /** Resolves when what there is at the call has been seen to; `ask` makes a pass begin. */
  async wait (ask: () => void): Promise<void> {
    // The alarms let a process end, but not while somebody waits for what they bring about.
    const stay = setInterval(() => {}, stayMs)
    try {
      await new Promise<void>((resolve, reject) => {
        this.#waiting.push({ sinceMs: this.#monotonic(), seenByMs: Infinity, resolve, reject })
        ask()
      })
    } finally {
      clearInterval(stay)
    }
  }

  /** Takes note of how the pass ended that began then. */
  serve (outcome: Outcome, startedMs: number): void {
    if (outcome === 'unfinished') return
    for (const waiter of this.#waiting.filter(({ sinceMs }) => sinceMs < startedMs)) this.#serve(waiter, outcome, startedMs)
  }

  /** Tells everybody that there will be no sweep. */
  reject (error: unknown): void {
    for (const waiter of this.#waiting.splice(0)) waiter.reject(error)
  }

  // What a pass has seen is settled for certain in one that begins that much later; what came since need not be.
  #serve (waiter: Waiter, outcome: 'all done' | 'some unsettled', startedMs: number): void {
    if (outcome === 'some unsettled' && startedMs - waiter.seenByMs < settleMs) {
      waiter.seenByMs = Math.min(waiter.seenByMs, this.#monotonic())
      return
    }
    this.#waiting.splice(this.#waiting.indexOf(waiter), 1)
    waiter.resolve()
  }
}
