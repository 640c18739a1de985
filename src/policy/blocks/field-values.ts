// Collects one field's values in the lines of a block, as hashes, by searching bytes. It collects every value that the field
// could have, and sometimes more: a field of the same name deeper in the line counts too.
import { Needle } from '../filters/needle.js'
import { backslash, closingBrace, colon, comma, holds, membersOf, openingBrace, quote, skipSpaces, textEnd, valueEnd } from './json-bytes.js'
import type { HashSet } from './hash-set.js'
import { valueHash } from './value-filter.js'

const exactDigitsMax = 15
const openingBracket = 0x5b
/** Bytes beyond ASCII may be invalid UTF-8, and are then read as something else. */
const asciiMax = 0x7f

/** A key that the path may begin with, and the rest of the path inside that key's object. A key may contain dots. */
interface PathStart {
  readonly key: Buffer
  /** Null if the value itself is meant. */
  readonly rest: readonly PathStart[] | null
}

export class FieldValues {
  readonly #starts: ReadonlyArray<PathStart & { readonly search: Needle }>
  readonly #hashes: HashSet
  #lines: Buffer = Buffer.alloc(0)

  constructor (path: string, hashes: HashSet) {
    this.#starts = startsOf(path).map((start) => ({ ...start, search: new Needle(`"${start.key.toString()}"`) }))
    this.#hashes = hashes
  }

  /** Sets the lines to collect from. */
  begin (lines: Buffer): void {
    this.#lines = lines
    for (const { search } of this.#starts) search.begin(lines)
  }

  /** Collects from the line between the two positions. The caller goes through the lines in ascending order. */
  collect (start: number, end: number): void {
    for (const { search, rest } of this.#starts) {
      for (let at = search.findIn(start, end); at !== -1; at = search.findIn(at + 1, end)) {
        const colonAt = skipSpaces(this.#lines, at + search.length, end)
        if (colonAt < end && this.#lines[colonAt] === colon) this.#take(skipSpaces(this.#lines, colonAt + 1, end), end, rest)
      }
    }
  }

  #take (from: number, end: number, rest: readonly PathStart[] | null): void {
    const first = this.#lines[from]
    if (from >= end || first === openingBracket) return
    if (rest !== null) {
      if (first === openingBrace) this.#descend(from, end, rest)
    } else if (first === quote) this.#takeText(from + 1, end)
    else if (first !== openingBrace) this.#takeLiteral(from, end)
  }

  #descend (from: number, end: number, starts: readonly PathStart[]): void {
    for (const { key, value } of membersOf(this.#lines, from, end).members) {
      for (const start of starts) {
        if (holds(this.#lines, key, start.key)) this.#take(value.from, value.to, start.rest)
      }
    }
  }

  #takeText (from: number, end: number): void {
    const lines = this.#lines
    let hash = valueHash(lines, 0, 0)
    for (let at = from; at < end; at++) {
      const byte = lines[at] ?? 0
      if (byte === quote) {
        this.#hashes.add(hash >>> 0)
        return
      }
      if (byte === backslash || byte > asciiMax) {
        this.#takeOtherText(from, textEnd(lines, at, end))
        return
      }
      hash = Math.imul(hash ^ byte, 0x01000193)
    }
  }

  #takeOtherText (from: number, to: number): void {
    try {
      const text: unknown = JSON.parse(`"${this.#lines.toString('utf8', from, to)}"`)
      this.#hashes.add(valueHash(Buffer.from(String(text))))
    } catch {
      // This is no JSON. No reader finds a value in this line.
    }
  }

  #takeLiteral (from: number, end: number): void {
    const to = literalEnd(this.#lines, from, end)
    if (isPlainNumber(this.#lines, from, to)) {
      this.#hashes.add(valueHash(this.#lines, from, to))
      return
    }
    const text = this.#lines.toString('latin1', from, to)
    const number = Number(text)
    this.#hashes.add(valueHash(Buffer.from(Number.isNaN(number) ? text : String(number))))
  }
}

// `a.b.c` can mean a.b.c, or `c` in the key `a.b`, and so on.
function startsOf (path: string): PathStart[] {
  const starts: PathStart[] = [{ key: keyBytes(path), rest: null }]
  for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', dot + 1)) {
    starts.push({ key: keyBytes(path.slice(0, dot)), rest: startsOf(path.slice(dot + 1)) })
  }
  return starts
}

// The key as it is written in a line, with its escapes.
function keyBytes (name: string): Buffer {
  return Buffer.from(JSON.stringify(name).slice(1, -1))
}

function literalEnd (lines: Buffer, from: number, end: number): number {
  let at = from
  while (at < end && lines[at] !== comma && lines[at] !== closingBrace) at++
  return valueEnd(lines, from, at)
}

// Whether JavaScript writes the number in the same way: an exact whole number without a sign or leading zeros.
function isPlainNumber (lines: Buffer, from: number, to: number): boolean {
  if (to === from || to - from > exactDigitsMax || (lines[from] === 0x30 && to - from > 1)) return false
  for (let at = from; at < to; at++) {
    const byte = lines[at] ?? 0
    if (byte < 0x30 || byte > 0x39) return false
  }
  return true
}
