// A text that is searched in a chunk of lines. Its position is remembered until the search has passed it.

export class Needle {
  readonly #bytes: Buffer
  #chunk: Buffer = Buffer.alloc(0)
  #foundAt = -1

  constructor (text: string) {
    this.#bytes = Buffer.from(text)
  }

  get length (): number {
    return this.#bytes.length
  }

  /** Sets the chunk to search. */
  begin (chunk: Buffer): void {
    this.#chunk = chunk
    this.#foundAt = -1
  }

  /** Whether it begins in the stretch. The caller asks for stretches in ascending order. */
  isIn (start: number, end: number): boolean {
    return this.findIn(start, end) !== -1
  }

  /** Returns where in the stretch it begins first; -1 if it does not. */
  findIn (start: number, end: number): number {
    const foundAt = this.findFrom(start)
    return foundAt < end ? foundAt : -1
  }

  /**
   * Returns where it begins at or after the position; Infinity if it does not. The caller asks for positions in ascending
   * order.
   */
  findFrom (position: number): number {
    if (this.#foundAt < position) {
      const found = this.#chunk.indexOf(this.#bytes, position)
      this.#foundAt = found === -1 ? Infinity : found
    }
    return this.#foundAt
  }
}
