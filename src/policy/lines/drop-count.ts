// Counts dropped lines: those without room in memory while the disk refused them. The application hears of the first one at
// once, then at each attempt to write, and at the end. The events add up to the total.
import type { Emit } from '../../events.js'

export interface Loss { lines: number, bytes: number }

export class DropCount {
  readonly #emit: Emit
  readonly #now: () => number
  #total: Loss = { lines: 0, bytes: 0 }
  #announced: Loss = { lines: 0, bytes: 0 }
  #since = ''

  constructor (emit: Emit, now: () => number) {
    this.#emit = emit
    this.#now = now
  }

  add ({ lines, bytes }: Loss): void {
    if (bytes === 0) return
    const isFirst = this.#total.bytes === 0
    this.#total = { lines: this.#total.lines + lines, bytes: this.#total.bytes + bytes }
    if (!isFirst) return
    this.#since = new Date(this.#now()).toISOString()
    this.announce()
  }

  /** Reports what was dropped since the last report. */
  announce (): void {
    const lines = this.#total.lines - this.#announced.lines
    const bytes = this.#total.bytes - this.#announced.bytes
    if (bytes === 0) return
    this.#announced = this.#total
    this.#emit('dropped', { lines, bytes, since: this.#since })
  }

  /** Reports the rest, returns the total and starts again. */
  settle (): Loss {
    this.announce()
    const total = this.#total
    this.#total = this.#announced = { lines: 0, bytes: 0 }
    return total
  }
}
