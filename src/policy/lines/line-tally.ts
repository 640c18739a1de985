// What shows in the lines of a file whether it is whole: how many there are, whether the last one ends, and whether any
// begins as a JSON object and does not end as one. Nothing is parsed, so that reading stays faster than unpacking.

const newline = 0x0a
const openingBrace = 0x7b
const closingBrace = 0x7d

export class LineTally {
  lines = 0
  bytes = 0
  /** Lines that begin as a JSON object and end as something else. */
  tornLines = 0
  #lastByte = newline
  #beginsWithBrace = false

  add (piece: Buffer): void {
    for (let start = 0; start < piece.length;) {
      if (this.#lastByte === newline) this.#beginsWithBrace = piece[start] === openingBrace
      const end = piece.indexOf(newline, start)
      if (end === -1) {
        this.#lastByte = piece[piece.length - 1] ?? newline
        break
      }
      const last = end > start ? piece[end - 1] : this.#lastByte
      if (this.#beginsWithBrace && last !== closingBrace) this.tornLines++
      this.#lastByte = newline
      this.lines++
      start = end + 1
    }
    this.bytes += piece.length
  }

  /** Whether the last line so far has no newline yet. */
  get endsTorn (): boolean {
    return this.#lastByte !== newline
  }
}
