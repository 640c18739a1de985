// A timer that never keeps the process alive. It handles delays beyond setTimeout's 24.8 days and clocks that jump, because
// it checks at least once a minute.

/** Far below setTimeout's limit. Beyond that limit, setTimeout fires at once. */
const longestMs = 60_000

export class Alarm {
  readonly #action: () => void
  readonly #now: () => number
  #timer: NodeJS.Timeout | null = null

  constructor (now: () => number, action: () => void) {
    this.#now = now
    this.#action = action
  }

  get isSet (): boolean {
    return this.#timer !== null
  }

  /** Rings once `now()` has reached the instant. Replaces an earlier setting. `Infinity` never rings. */
  setAt (atMs: number): void {
    this.clear()
    if (atMs === Infinity) return
    const delayMs = Math.max(Math.ceil(atMs - this.#now()), 0)
    this.#timer = setTimeout(() => { this.#ring(atMs) }, Math.min(delayMs, longestMs)).unref()
  }

  /** Rings after the delay. Does nothing if the alarm is already set. */
  setUnlessSet (delayMs: number): void {
    if (!this.isSet) this.setAt(this.#now() + delayMs)
  }

  clear (): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #ring (atMs: number): void {
    this.#timer = null
    if (this.#now() >= atMs) this.#action()
    else this.setAt(atMs)
  }
}
