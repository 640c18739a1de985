// How long the end of a process, or a flush, may block in total. Only time spent waiting counts.

const longestMs = 1_800
/** A worker that is starting loads its modules, which takes long on a busy machine and has nothing to do with the log's disk. */
const longestAtStartMs = 10_000

export class Patience {
  readonly #monotonic: () => number
  #leftMs = longestMs
  #leftAtStartMs = longestAtStartMs

  constructor (monotonic: () => number) {
    this.#monotonic = monotonic
  }

  /** Runs the action with the longest time that it may wait. Returns false, without running it, if no time is left. */
  wait (isStarting: boolean, action: (timeoutMs: number) => void): boolean {
    const leftMs = isStarting ? this.#leftAtStartMs : this.#leftMs
    if (leftMs < 1) return false
    const startedMs = this.#monotonic()
    action(leftMs)
    const spentMs = this.#monotonic() - startedMs
    if (isStarting) this.#leftAtStartMs -= spentMs
    else this.#leftMs -= spentMs
    return true
  }
}
