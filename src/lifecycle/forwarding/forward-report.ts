// Reports what was forwarded, at most once in ten seconds.
import type { Emit } from '../../events.js'

const tellEveryMs = 10_000

export class ForwardReport {
  readonly #emit: Emit
  readonly #monotonic: () => number
  #toldMs = -Infinity
  #lines = 0
  #bytes = 0
  #rejected = 0

  constructor (emit: Emit, monotonic: () => number) {
    this.#emit = emit
    this.#monotonic = monotonic
  }

  add (lines: number, bytes: number, rejected: number): void {
    this.#lines += lines
    this.#bytes += bytes
    this.#rejected += rejected
    if (this.#monotonic() - this.#toldMs >= tellEveryMs) this.flush()
  }

  /** Reports what was not reported yet. */
  flush (): void {
    if (this.#lines + this.#rejected === 0) return
    this.#emit('forwarded', { lines: this.#lines, bytes: this.#bytes, rejected: this.#rejected })
    this.#toldMs = this.#monotonic()
    this.#lines = this.#bytes = this.#rejected = 0
  }
}
