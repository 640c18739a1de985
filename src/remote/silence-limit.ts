// Expires if a connection does not move for a while. It moves if a byte comes or goes, or if the kernel has sent some of
// its queued bytes.

/** The share of the limit after which the kernel's queue is read for the first time. It is read again at the end and compared. */
const noticePart = 12

export class SilenceLimit {
  readonly #silenceMs: number
  readonly #queuedBytes: () => Promise<number | null>
  readonly #onSilence: () => void
  #timer: NodeJS.Timeout | undefined
  #moreMs = 0
  /** Each touch begins a new wait. A look at the queue that ends later belongs to an earlier one. */
  #wait = 0

  constructor (silenceMs: number, queuedBytes: () => Promise<number | null>, onSilence: () => void) {
    this.#silenceMs = silenceMs
    this.#queuedBytes = queuedBytes
    this.#onSilence = onSilence
    this.touch()
  }

  /** Begins anew. */
  touch (): void {
    const wait = ++this.#wait
    this.#setTimer(this.#silenceMs / noticePart, () => { void this.#notice(wait) })
  }

  /** Begins anew, and expires later by so much from now on. */
  extend (ms: number): void {
    this.#moreMs = ms
    this.touch()
  }

  /** Begins anew without an extension. */
  restrict (): void {
    this.extend(0)
  }

  end (): void {
    this.#wait++
    clearTimeout(this.#timer)
  }

  async #notice (wait: number): Promise<void> {
    const before = await this.#queuedBytes()
    if (wait !== this.#wait) return
    this.#setTimer(this.#silenceMs * (1 - 1 / noticePart) + this.#moreMs, () => { void this.#decide(wait, before) })
  }

  async #decide (wait: number, before: number | null): Promise<void> {
    const now = await this.#queuedBytes()
    if (wait !== this.#wait) return
    if (now === before) this.#onSilence()
    else this.touch()
  }

  #setTimer (ms: number, action: () => void): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(action, ms).unref()
  }
}
