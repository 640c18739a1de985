// Lines that wait in memory while the disk refuses them: whole, in order, and bounded. Lines beyond the bound are counted as
// dropped.
import { countLines, fittingBytes } from '../../policy/lines/line-boundary.js'
import type { Loss } from '../../policy/lines/drop-count.js'

export class Backlog {
  readonly #bytesMax: number
  #chunks: Buffer[] = []
  #bytes = 0
  #isFull = false

  constructor (bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** Keeps a copy of the lines that fit beside the bytes held elsewhere. Returns what was dropped. */
  push (lines: Buffer, heldElsewhereBytes = 0): Loss {
    // After a dropped line, later lines are dropped too, even if they would fit. The only gap is then the one at the end.
    const keptBytes = this.#isFull ? 0 : this.#fitting(lines, heldElsewhereBytes)
    if (keptBytes > 0) {
      this.#chunks.push(Buffer.from(lines.subarray(0, keptBytes)))
      this.#bytes += keptBytes
    }
    if (keptBytes === lines.length) return { lines: 0, bytes: 0 }
    this.#isFull = true
    const dropped = lines.subarray(keptBytes)
    return { lines: countLines(dropped), bytes: dropped.length }
  }

  /** Hands over all waiting lines, oldest first. The backlog is empty afterwards. */
  take (): Buffer[] {
    const chunks = this.#chunks
    this.#chunks = []
    this.#bytes = 0
    this.#isFull = false
    return chunks
  }

  #fitting (lines: Buffer, heldElsewhereBytes: number): number {
    const roomBytes = this.#bytesMax - this.#bytes - heldElsewhereBytes
    return lines.length <= roomBytes ? lines.length : fittingBytes(lines, roomBytes)
  }
}
