// Counts lines in the pieces that are dropped, and makes sure that lines are dropped whole, although pieces may be cut anywhere.
import { countLines, endsWithinLine } from './line-boundary.js'
import type { Loss } from './drop-count.js'

export class LostLines {
  /** Whether the piece that was dropped last ended within a line. The rest of that line must be dropped too. */
  #isWithinLine = false

  get isWithinLine (): boolean {
    return this.#isWithinLine
  }

  /** Counts the piece as dropped. A line that is dropped in several pieces counts once. */
  drop (piece: Buffer): Loss {
    const lines = countLines(piece) - Number(this.#isWithinLine && piece.length > 0)
    if (piece.length > 0) this.#isWithinLine = endsWithinLine(piece)
    return { lines, bytes: piece.length }
  }
}
