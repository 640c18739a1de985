// Prepares the lines of a batch for sending. Lines below the level are left out. Each line gets an identity that is the same
// at every attempt.
import { createHash } from 'node:crypto'
import { crc32 } from '../../platform/crc32.js'
import { levelAndAbove } from '../../policy/filters/condition.js'
import { lineEnd } from '../../policy/filters/line-filter.js'
import { LineScanner } from '../../policy/filters/line-scan.js'
import { usualTimeKeys } from '../../policy/lines/line-time.js'
import type { ForwardedLine, LinePlace } from '../../policy/forwarding/otlp-request.js'
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
  of ({ lines, place: { after, offset } }: LineBatch): ForwardedLine[] {
    const place = createHash('sha256').update(`${this.#log}\0${after === null ? '' : `${after.stamp}.${after.n}`}`).digest('hex').slice(0, 12)
    const { ranges } = this.#scanner.scan(lines)
    const found: ForwardedLine[] = []
    for (let index = 0; index < ranges.length; index += 2) {
      const to = ranges[index + 1] ?? 0
      for (let start = ranges[index] ?? 0, next = 0; start < to; start = next) {
        const end = lineEnd(lines, start)
        next = end + 1
        if (end > start) found.push(new LineInBatch(lines, start, end, place, offset + start))
      }
    }
    return found
  }
}

/** A line of a batch. It is copied out of the batch only when it is needed, so that a batch is not in memory twice. */
class LineInBatch implements ForwardedLine, LinePlace {
  readonly lines: Buffer
  readonly start: number
  readonly end: number
  readonly #place: string
  readonly #offset: number

  constructor (lines: Buffer, start: number, end: number, place: string, offset: number) {
    this.lines = lines
    this.start = start
    this.end = end
    this.#place = place
    this.#offset = offset
  }

  get place (): LinePlace {
    return this
  }

  get text (): string {
    return this.lines.toString('utf8', this.start, this.end)
  }

  get sizeBytes (): number {
    return this.end + 1 - this.start
  }

  /** The place of its file, its offset in it, and its checksum, in case another file comes to the same place. */
  get uid (): string {
    return `${this.#place}-${this.#offset}-${crc32(this.lines.subarray(this.start, this.end), 0)}`
  }
}
