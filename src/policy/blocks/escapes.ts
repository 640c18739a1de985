// Names that are written with escapes, as JSON allows: `"l\u0065vel"` is `level`. No logger writes them so, and a search by bytes
// does not find them. A line in which an escape stands for a letter of a name is one of which nothing is certain. Escapes that
// stand for other characters, such as those of colours, are frequent and do not matter.
import { Needle } from '../lines/needle.js'
import { backslash } from './json-bytes.js'

export class NameEscapes {
  readonly #codes = new Set<number>()
  readonly #unicode = new Needle('\\u')
  /** The one character that may be written with a backslash before it for no reason. */
  readonly #slash: Needle | null
  #lines: Buffer = Buffer.alloc(0)

  constructor (names: readonly string[]) {
    const text = names.join('')
    for (let at = 0; at < text.length; at++) this.#codes.add(text.charCodeAt(at))
    this.#slash = text.includes('/') ? new Needle('\\/') : null
  }

  /** Takes the lines that are looked at from now on. */
  begin (lines: Buffer): void {
    this.#lines = lines
    this.#unicode.begin(lines)
    this.#slash?.begin(lines)
  }

  /** Whether a name could be written with escapes in the stretch. Stretches are asked for in ascending order. */
  mayBeIn (start: number, end: number): boolean {
    if (this.#slash?.isIn(start, end) === true) return true
    for (let at = this.#unicode.findIn(start, end); at !== -1; at = this.#unicode.findIn(at + 2, end)) {
      // A backslash before it means that the escape is that of a backslash; which of the two it is does not matter here.
      if (this.#lines[at] === backslash && this.#codes.has(parseInt(this.#lines.toString('latin1', at + 2, at + 6), 16))) return true
    }
    return false
  }
}
