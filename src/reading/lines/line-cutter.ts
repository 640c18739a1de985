// Cuts the pieces of a file into chunks of whole lines, in bounded memory.
import { wholeLinesEnd } from '../../policy/lines/line-boundary.js'

/** `at` is where it begins, in bytes of the file's lines. */
export type Cut =
  /** Whole lines; the last one of a file may lack its newline. */
  | { readonly kind: 'lines', readonly lines: Buffer, readonly at: number }
  /** A part of a line that is longer than the memory for it. */
  | { readonly kind: 'part', readonly bytes: Buffer, readonly isFirst: boolean, readonly at: number }
  /** A line was skipped because it is too long to check. */
  | { readonly kind: 'tooLong' }

/** A longer line is passed on in parts, if only its time matters. */
const heldBytesMax = 1024 * 1024
/** A longer line is not checked. */
export const lineBytesMax = 64 * 1024 * 1024
const newline = 0x0a

export class LineCutter {
  /** Whether every line must be checked as a whole. */
  readonly #isWhole: boolean
  #held: Buffer[] = []
  #heldBytes = 0
  /** What to do with the rest of the present line. */
  #rest: 'held' | 'passed on' | 'left out' = 'held'

  /** Where the bytes begin that were not given yet. */
  #at: number

  /** `at` is where the first piece begins, in bytes of the file's lines. */
  constructor (isWhole: boolean, at = 0) {
    this.#isWhole = isWhole
    this.#at = at
  }

  /** Takes the next piece, which must not change afterwards. */
  * add (piece: Buffer): Generator<Cut, void> {
    let rest = piece
    if (this.#rest !== 'held') {
      const found = piece.indexOf(newline)
      const end = found === -1 ? piece.length : found + 1
      if (this.#rest === 'passed on') yield { kind: 'part', bytes: piece.subarray(0, end), isFirst: false, at: this.#at }
      this.#at += end
      if (found === -1) return
      this.#rest = 'held'
      rest = piece.subarray(end)
    }
    const end = wholeLinesEnd(rest)
    if (end > 0) yield this.#lines(this.#taken(rest.subarray(0, end)))
    yield * this.#hold(rest.subarray(end))
  }

  /** Ends the file. Its last line may lack its newline. */
  * end (): Generator<Cut, void> {
    this.#rest = 'held'
    const lines = this.#taken(Buffer.alloc(0))
    if (lines.length > 0) yield this.#lines(lines)
  }

  /** Ends a file that breaks off. The cut line is dropped, and its length returned. */
  breakOff (): number {
    const cutBytes = this.#heldBytes
    this.#rest = 'held'
    this.#taken(Buffer.alloc(0))
    return cutBytes
  }

  * #hold (part: Buffer): Generator<Cut, void> {
    if (part.length === 0) return
    this.#held.push(part)
    this.#heldBytes += part.length
    if (this.#heldBytes <= (this.#isWhole ? lineBytesMax : heldBytesMax)) return
    const bytes = this.#taken(Buffer.alloc(0))
    this.#rest = this.#isWhole ? 'left out' : 'passed on'
    const at = this.#at
    this.#at += bytes.length
    yield this.#isWhole ? { kind: 'tooLong' } : { kind: 'part', bytes, isFirst: true, at }
  }

  #lines (lines: Buffer): Cut {
    const at = this.#at
    this.#at += lines.length
    return { kind: 'lines', lines, at }
  }

  #taken (last: Buffer): Buffer {
    const taken = this.#held.length === 0 ? last : Buffer.concat([...this.#held, last])
    this.#held = []
    this.#heldBytes = 0
    return taken
  }
}
