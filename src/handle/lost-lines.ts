// Counts the lines in dropped pieces, which may be cut anywhere, and makes sure that lines are dropped as a whole.
import { countLines } from '../policy/lines/line-boundary.js'
import type { Loss } from '../policy/lines/drop-count.js'

const newline = 0x0a

export class LostLines {
  /** Whether the last dropped piece ended within a line. The rest of that line is dropped too. */
  #isWithinLine = false

  get isWithinLine (): boolean {
    return this.#isWithinLine
  }

  /** Counts the piece as dropped. A line in several pieces counts once. */
  drop (piece: Buffer): Loss {
    const endsWithinLine = piece.at(-1) !== newline
    const lines = countNewlines(piece) + Number(endsWithinLine) - Number(this.#isWithinLine)
    this.#isWithinLine = endsWithinLine
    return { lines, bytes: piece.length }
  }
}

/** Where the first line of the piece ends, with its newline; the piece's length if it does not end here. */
export function firstLineEnd (piece: Buffer): number {
  const end = piece.indexOf(newline) + 1
  return end === 0 ? piece.length : end
}

/** Whether a piece ends with a newline. */
export function endsLine (piece: string | Buffer): boolean {
  return typeof piece === 'string' ? piece.endsWith('\n') : piece.at(-1) === newline
}

function countNewlines (piece: Buffer): number {
  return countLines(piece) - Number(piece.length > 0 && piece.at(-1) !== newline)
}
