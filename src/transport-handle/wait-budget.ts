// Bounds how long the application's thread is blocked. Time that the thread spends on other work refills the budget. So a
// burst of lines can wait for a slow disk, and a disk that stands still costs the application little.

const longestWaitMs = 1_500
/** A worker loads its modules, which takes long on a busy machine and has nothing to do with the log's disk. */
const longestWaitAtStartMs = 10_000

/** The budgets of one handle: until its log is open, and from then on. */
export function waitBudgets (monotonic: () => number): { atStart: WaitBudget, later: WaitBudget } {
  return { atStart: new WaitBudget(monotonic, longestWaitAtStartMs), later: new WaitBudget(monotonic, longestWaitMs) }
}

export class WaitBudget {
  readonly #monotonic: () => number
  readonly #longestMs: number
  #leftMs: number
  #refilledMs: number

  constructor (monotonic: () => number, longestMs: number) {
    this.#monotonic = monotonic
    this.#longestMs = longestMs
    this.#leftMs = longestMs
    this.#refilledMs = monotonic()
  }

  /** How long the thread may wait now. */
  get leftMs (): number {
    const nowMs = this.#monotonic()
    this.#leftMs = Math.min(this.#leftMs + nowMs - this.#refilledMs, this.#longestMs)
    this.#refilledMs = nowMs
    return this.#leftMs
  }

  /** Runs the wait, and subtracts its duration. */
  spend (wait: () => void): void {
    const leftMs = this.leftMs
    wait()
    const nowMs = this.#monotonic()
    this.#leftMs = leftMs - (nowMs - this.#refilledMs)
    this.#refilledMs = nowMs
  }
}
