// A piece of text that is looked for in a chunk of lines, found once and remembered until the search has passed it.

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

  /** Takes the chunk that is searched from now on. */
  begin (chunk: Buffer): void {
    this.#chunk = chunk
    this.#foundAt = -1
  }

  /** Whether it begins in the stretch. Stretches are asked for in ascending order. */
  isIn (start: number, end: number): boolean {
    return this.findIn(start, end) !== -1
  }

  /** Where in the stretch it begins first; -1 where it does not. */
  findIn (start: number, end: number): number {
    const foundAt = this.findFrom(start)
    return foundAt < end ? foundAt : -1
  }

  /** Where it begins at or after the position; Infinity where it does not. Positions are asked for in ascending order. */
  findFrom (position: number): number {
    if (this.#foundAt < position) {
      const found = this.#chunk.indexOf(this.#bytes, position)
      this.#foundAt = found === -1 ? Infinity : found
    }
    return this.#foundAt
  }
}
