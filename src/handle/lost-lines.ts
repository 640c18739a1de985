// Counts lines in the pieces that are dropped, and sees to it that lines are dropped whole: pieces may be cut anywhere.
import { countLines } from '../policy/lines/line-boundary.js'
import type { Loss } from '../policy/lines/drop-count.js'

const newline = 0x0a

export class LostLines {
  /** Whether the piece that was dropped last ended within a line, whose rest is to be dropped as well. */
  #isWithinLine = false

  get isWithinLine (): boolean {
    return this.#isWithinLine
  }

  /** Counts the piece as dropped. A line that is dropped in several pieces counts once. */
  drop (piece: Buffer): Loss {
    const endsWithinLine = piece.at(-1) !== newline
    const lines = countNewlines(piece) + Number(endsWithinLine) - Number(this.#isWithinLine)
    this.#isWithinLine = endsWithinLine
    return { lines, bytes: piece.length }
  }
}

/** Where the first line of the piece ends, its newline included; the whole length where it does not end here. */
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
