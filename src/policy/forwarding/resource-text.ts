// The fields of a line that identify its process, as text. Most lines have those of the line before, and then no new text is made.
import { holdsAt } from './line-fields.js'

export class ResourceText {
  #lines: Buffer = Buffer.alloc(0)
  /** Where the fields begin and end, by turns, and how many of these positions count. */
  readonly #ranges: number[] = []
  #count = 0
  /** The last text, and its bytes. */
  #text = ''
  #bytes: Buffer = Buffer.alloc(0)

  /** Begins a line, which has no fields yet. */
  begin (lines: Buffer): void {
    this.#lines = lines
    this.#count = 0
  }

  /** Adds the field between the positions. */
  add (from: number, to: number): void {
    this.#ranges[this.#count++] = from
    this.#ranges[this.#count++] = to
  }

  /** The fields of the line. */
  get text (): string {
    if (this.#isKnown()) return this.#text
    this.#bytes = Buffer.concat(this.#ranges.slice(0, this.#count).flatMap((from, index) => index % 2 === 0 ? [this.#lines.subarray(from, this.#ranges[index + 1])] : []))
    this.#text = this.#bytes.toString('latin1')
    return this.#text
  }

  #isKnown (): boolean {
    const ranges = this.#ranges
    let compared = 0
    for (let index = 0; index < this.#count; index += 2) {
      const from = ranges[index] ?? 0
      const bytes = (ranges[index + 1] ?? 0) - from
      if (compared + bytes > this.#bytes.length || !holdsAt(this.#lines, from, this.#bytes, compared, compared + bytes)) return false
      compared += bytes
    }
    return compared === this.#bytes.length
  }
}
