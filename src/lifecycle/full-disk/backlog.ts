// Lines that wait in memory while the disk refuses them: whole, in order, and bounded. Lines beyond the bound are counted as
// dropped.
import { endsWithinLine, fittingBytes } from '../../policy/lines/line-boundary.js'
import type { Loss } from '../../policy/lines/drop-count.js'
import { LostLines } from '../../policy/lines/lost-lines.js'

/** What comes before the lines that are pushed. */
export interface Before {
  /** How many bytes are held elsewhere. They count towards the bound. */
  readonly heldBytes: number
  /** Whether the lines begin with the rest of a line that has begun. */
  readonly isWithinLine: boolean
}

const nothingBefore: Before = { heldBytes: 0, isWithinLine: false }
const newline = Buffer.from('\n')

export class Backlog {
  readonly #bytesMax: number
  readonly #lost = new LostLines()
  #chunks: Buffer[] = []
  #bytes = 0
  #isFull = false

  constructor (bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** Whether the rest of a dropped line is still to come. */
  get isWithinLost (): boolean {
    return this.#lost.isWithinLine
  }

  /** Keeps a copy of the lines that fit. Returns what was dropped. */
  push (lines: Buffer, before = nothingBefore): Loss {
    // After a dropped line, later lines are dropped too, even if they would fit. The only gap is then the one at the end.
    const keptBytes = this.#isFull ? 0 : this.#fitting(lines, before.heldBytes)
    if (keptBytes > 0) this.#keep(Buffer.from(lines.subarray(0, keptBytes)))
    if (keptBytes === lines.length) return { lines: 0, bytes: 0 }
    this.#isFull = true
    // If a line that has begun loses its rest, a newline ends it, so that the next line begins on its own line.
    if (this.#endsWithinLine(before)) this.#keep(newline)
    return this.drop(lines.subarray(keptBytes))
  }

  /** Counts bytes as dropped. A line that is dropped in several pieces counts once. */
  drop (lines: Buffer): Loss {
    return this.#lost.drop(lines)
  }

  /** Hands over all waiting lines, oldest first. The backlog is empty afterwards. */
  take (): Buffer[] {
    const chunks = this.#chunks
    this.#chunks = []
    this.#bytes = 0
    this.#isFull = false
    return chunks
  }

  #keep (lines: Buffer): void {
    this.#chunks.push(lines)
    this.#bytes += lines.length
  }

  #endsWithinLine ({ isWithinLine }: Before): boolean {
    const last = this.#chunks.at(-1)
    return last === undefined ? isWithinLine : endsWithinLine(last)
  }

  #fitting (lines: Buffer, heldBytes: number): number {
    const roomBytes = this.#bytesMax - this.#bytes - heldBytes
    return lines.length <= roomBytes ? lines.length : fittingBytes(lines, roomBytes)
  }
}
