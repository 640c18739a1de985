// Finds a JSON key, with its quotes, in a chunk of lines. A byte search jumps between occurrences of the first byte, and
// quotes are everywhere in a line. So it searches for the part of the key that begins with its rarest letter.
import { Needle } from '../filters/needle.js'

/** From the most frequent to the rarest in log lines. Other characters are rarer. */
const frequentLetters = '"0123456789etaoinsrhldcumfpgwybv'

export class KeySearch {
  readonly #key: Buffer
  readonly #needle: Needle
  readonly #offset: number
  #lines: Buffer = Buffer.alloc(0)

  /** The key as it is written in a line, without its quotes. */
  constructor (key: string) {
    this.#key = Buffer.from(`"${key}"`)
    const rarest = rarestAt(key)
    this.#needle = new Needle(`${key.slice(rarest)}"`)
    this.#offset = 1 + Buffer.byteLength(key.slice(0, rarest))
  }

  get length (): number {
    return this.#key.length
  }

  /** Sets the chunk to search. */
  begin (lines: Buffer): void {
    this.#lines = lines
    this.#needle.begin(lines)
  }

  /**
   * Returns where in the stretch the key begins first; -1 if it does not. The caller asks for stretches in ascending order.
   */
  findIn (start: number, end: number): number {
    for (let part = this.#needle.findIn(start + this.#offset, end); part !== -1; part = this.#needle.findIn(part + 1, end)) {
      if (this.#standsAt(part - this.#offset)) return part - this.#offset
    }
    return -1
  }

  #standsAt (at: number): boolean {
    for (let index = 0; index < this.#offset; index++) {
      if (this.#lines[at + index] !== this.#key[index]) return false
    }
    return true
  }
}

function rarestAt (key: string): number {
  let rarest = 0
  for (let at = 1; at < key.length; at++) {
    if (rarity(key.charCodeAt(at)) > rarity(key.charCodeAt(rarest))) rarest = at
  }
  return rarest
}

function rarity (code: number): number {
  // Beyond ASCII, a character may take several bytes.
  if (code > 0x7f) return -1
  const rank = frequentLetters.indexOf(String.fromCharCode(code))
  return rank === -1 ? frequentLetters.length : rank
}
