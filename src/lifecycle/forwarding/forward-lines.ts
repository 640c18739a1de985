// Prepares the lines of a batch for sending. Lines below the level are left out. Each line gets an identity that is the same
// at every attempt.
import { createHash } from 'node:crypto'
import { levelAndAbove } from '../../policy/filters/condition.js'
import { lineEnd } from '../../policy/filters/line-filter.js'
import { LineScanner } from '../../policy/filters/line-scan.js'
import { usualTimeKeys } from '../../policy/lines/line-time.js'
import { ForwardedLines } from '../../policy/forwarding/forwarded-lines.js'
import type { LineBatch } from '../../reading/cursor-source.js'

export class ForwardLines {
  readonly #log: string
  readonly #scanner: LineScanner

  /** `log` names the log, so that the same line in two logs has two identities. */
  constructor (levelMin: number | null, log: string) {
    this.#log = log
    this.#scanner = new LineScanner({ conditions: levelMin === null ? [] : [levelAndAbove(levelMin)], window: null, timeKeys: usualTimeKeys })
  }

  /** Finds the lines of a batch that are sent. */
  of ({ lines, place: { after, offset } }: LineBatch): ForwardedLines {
    const file = createHash('sha256').update(`${this.#log}\0${after === null ? '' : `${after.stamp}.${after.n}`}`).digest('hex').slice(0, 12)
    const { ranges } = this.#scanner.scan(lines)
    const bounds = new Bounds()
    for (let index = 0; index < ranges.length; index += 2) {
      const to = ranges[index + 1] ?? 0
      for (let start = ranges[index] ?? 0, next = 0; start < to; start = next) {
        const end = lineEnd(lines, start)
        next = end + 1
        if (end > start) bounds.add(start, end)
      }
    }
    return new ForwardedLines(lines, bounds.values(), Buffer.from(file), offset)
  }
}

/** A list of positions that grows. */
class Bounds {
  #values = new Uint32Array(8_192)
  #length = 0

  add (start: number, end: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Uint32Array(2 * this.#length)
      larger.set(this.#values)
      this.#values = larger
    }
    this.#values[this.#length++] = start
    this.#values[this.#length++] = end
  }

  values (): Uint32Array {
    return this.#values.subarray(0, this.#length)
  }
}
