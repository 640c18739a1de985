// How long the application's thread may still be blocked. Time that it spends elsewhere is given back, so that a burst of
// lines can wait for a disk that is merely slower, and one that stands still costs the application little.

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

  /** How long may be waited now. */
  get leftMs (): number {
    const nowMs = this.#monotonic()
    this.#leftMs = Math.min(this.#leftMs + nowMs - this.#refilledMs, this.#longestMs)
    this.#refilledMs = nowMs
    return this.#leftMs
  }

  /** Runs what waits, and takes the time that it took from what is left. */
  spend (wait: () => void): void {
    const leftMs = this.leftMs
    wait()
    const nowMs = this.#monotonic()
    this.#leftMs = leftMs - (nowMs - this.#refilledMs)
    this.#refilledMs = nowMs
  }
}
