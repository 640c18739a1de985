// Collects signs of whether a file is whole: how many lines it has, whether the last one ends, and whether a line begins as
// a JSON object but does not end as one. Nothing is parsed, so this is faster than unpacking.

const newline = 0x0a
const openingBrace = 0x7b
const closingBrace = 0x7d

export class LineTally {
  lines = 0
  bytes = 0
  /** Lines that begin as a JSON object and do not end as one. */
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
