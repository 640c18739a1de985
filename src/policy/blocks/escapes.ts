// Names that are written with escapes, which JSON allows: `"l\u0065vel"` is `level`. No logger writes them, and a search by
// bytes does not find them. A line in which an escape stands for a letter of a name is uncertain. Escapes for other
// characters, such as those of colours, are frequent and do not matter.
import { Needle } from '../filters/needle.js'
import { backslash } from './json-bytes.js'

export class NameEscapes {
  readonly #codes = new Set<number>()
  readonly #unicode = new Needle('\\u')
  /** The one character that may needlessly have a backslash before it. */
  readonly #slash: Needle | null
  #lines: Buffer = Buffer.alloc(0)

  constructor (names: readonly string[]) {
    const text = names.join('')
    for (let at = 0; at < text.length; at++) this.#codes.add(text.charCodeAt(at))
    this.#slash = text.includes('/') ? new Needle('\\/') : null
  }

  /** Sets the lines to look at. */
  begin (lines: Buffer): void {
    this.#lines = lines
    this.#unicode.begin(lines)
    this.#slash?.begin(lines)
  }

  /** Whether a name could be written with escapes in the stretch. The caller asks for stretches in ascending order. */
  mayBeIn (start: number, end: number): boolean {
    if (this.#slash?.isIn(start, end) === true) return true
    for (let at = this.#unicode.findIn(start, end); at !== -1; at = this.#unicode.findIn(at + 2, end)) {
      // A backslash before it would make it an escaped backslash. Which of the two it is does not matter here.
      if (this.#lines[at] === backslash && this.#codes.has(parseInt(this.#lines.toString('latin1', at + 2, at + 6), 16))) return true
    }
    return false
  }
}
