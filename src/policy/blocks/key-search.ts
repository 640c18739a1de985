// Finds a key of JSON, quotes included, in a chunk of lines. A search for bytes goes from one occurrence of its first byte to the
// next. Quotes are everywhere in a line, so that it looks for the part of the key that begins with its rarest letter.
import { Needle } from '../lines/needle.js'

/** From the most frequent to the rarest in log lines; what is not here is rarer. */
const frequentLetters = '"0123456789etaoinsrhldcumfpgwybv'

export class KeySearch {
  readonly #key: Buffer
  readonly #needle: Needle
  readonly #offset: number
  #lines: Buffer = Buffer.alloc(0)

  /** The key is written as it stands in a line, without its quotes. */
  constructor (key: string) {
    this.#key = Buffer.from(`"${key}"`)
    const rarest = rarestAt(key)
    this.#needle = new Needle(`${key.slice(rarest)}"`)
    this.#offset = 1 + Buffer.byteLength(key.slice(0, rarest))
  }

  get length (): number {
    return this.#key.length
  }

  /** Takes the chunk that is searched from now on. */
  begin (lines: Buffer): void {
    this.#lines = lines
    this.#needle.begin(lines)
  }

  /** Where in the stretch the key begins first; -1 where it does not. Stretches are asked for in ascending order. */
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
  // Beyond ASCII a letter may be half of one.
  if (code > 0x7f) return -1
  const rank = frequentLetters.indexOf(String.fromCharCode(code))
  return rank === -1 ? frequentLetters.length : rank
}
