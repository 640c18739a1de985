// A text that is searched in a chunk of lines. Its position is remembered until the search has passed it.
//
// A byte search jumps between occurrences of the first byte, and quotes are everywhere in a line. So it searches for the text's
// rarest byte first, and then for the part that begins with it, and looks at the bytes around.

/** From the most frequent to the rarest in log lines. Other characters of ASCII are rarer. */
const frequentLetters = '"0123456789etaoinsrhl:,dcumfpgwybv'
/** A byte of another script's letter is about as frequent as this one. */
const usualLetter = 'd'
const asciiMax = 0x7f
/** The engine finds a single byte several times sooner than a text, unless it is frequent. */
const bytesBeforePart = 4

export class Needle {
  readonly #bytes: Buffer
  /** Where the searched part begins. */
  readonly #offset: number
  readonly #part: Buffer
  #chunk: Buffer = Buffer.alloc(0)
  #foundAt = -1

  constructor (text: string) {
    this.#bytes = Buffer.from(text)
    this.#offset = rarestAt(this.#bytes)
    this.#part = this.#bytes.subarray(this.#offset)
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
    if (this.#foundAt < position) this.#foundAt = this.#search(position)
    return this.#foundAt
  }

  #search (position: number): number {
    const chunk = this.#chunk
    const part = this.#part
    const offset = this.#offset
    const [rarest] = part
    if (rarest === undefined) return Math.min(position, chunk.length)
    let from = position + offset
    for (let tries = 0; tries < bytesBeforePart; tries++) {
      const at = chunk.indexOf(rarest, from)
      if (at === -1) return Infinity
      if (this.#beginsAt(at - offset)) return at - offset
      from = at + 1
    }
    for (let at = chunk.indexOf(part, from); at !== -1; at = chunk.indexOf(part, at + 1)) {
      if (this.#beginsAt(at - offset)) return at - offset
    }
    return Infinity
  }

  #beginsAt (at: number): boolean {
    for (let index = 0; index < this.#bytes.length; index++) {
      if (this.#chunk[at + index] !== this.#bytes[index]) return false
    }
    return true
  }
}

// The last byte is not taken alone: each byte that is found costs a call.
function rarestAt (bytes: Buffer): number {
  let rarest = 0
  for (let at = 1; at < bytes.length - 1; at++) {
    if (rarity(bytes[at] ?? 0) > rarity(bytes[rarest] ?? 0)) rarest = at
  }
  return rarest
}

function rarity (byte: number): number {
  const rank = frequentLetters.indexOf(byte > asciiMax ? usualLetter : String.fromCharCode(byte))
  return rank === -1 ? frequentLetters.length : rank
}
