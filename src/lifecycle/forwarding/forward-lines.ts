// Prepares the lines of a batch for sending. Lines below the level are left out. Each line gets an identity that is the same
// at every attempt.
import { createHash } from 'node:crypto'
import { crc32 } from '../../platform/crc32.js'
import { LineMatcher } from '../../policy/filters/line-match.js'
import type { ForwardedLine } from '../../policy/forwarding/otlp-request.js'
import type { LineBatch } from '../../reading/cursor-source.js'

const newline = 0x0a

/** Finds the lines of a batch. `log` names the log, so that the same line in two logs has two identities. */
export function forwardedLines ({ lines, place: { after, offset } }: LineBatch, levelMin: number | null, log: string): ForwardedLine[] {
  const matcher = levelMin === null ? null : new LineMatcher({ levelMin, levelName: null, fields: [] })
  matcher?.begin(lines)
  const place = createHash('sha256').update(`${log}\0${after === null ? '' : `${after.stamp}.${after.n}`}`).digest('hex').slice(0, 12)
  const found: ForwardedLine[] = []
  for (let start = 0, next = 0; start < lines.length; start = next) {
    const at = lines.indexOf(newline, start)
    const end = at === -1 ? lines.length : at
    next = end + 1
    if (end > start && matcher?.matches(start, end) !== false) found.push(new LineInBatch(lines, start, end, place, offset + start))
  }
  return found
}

/** A line that stays in its batch until it is wanted, so that a batch is not in memory twice. */
class LineInBatch implements ForwardedLine {
  readonly #batch: Buffer
  readonly #start: number
  readonly #end: number
  readonly #place: string
  readonly #offset: number

  constructor (batch: Buffer, start: number, end: number, place: string, offset: number) {
    this.#batch = batch
    this.#start = start
    this.#end = end
    this.#place = place
    this.#offset = offset
  }

  get text (): string {
    return this.#batch.toString('utf8', this.#start, this.#end)
  }

  get sizeBytes (): number {
    return this.#end + 1 - this.#start
  }

  /** The place of its file, its offset in it, and its checksum, in case another file comes to the same place. */
  get uid (): string {
    return `${this.#place}-${this.#offset}-${crc32(this.#batch.subarray(this.#start, this.#end), 0)}`
  }
}
