// Rules lines out by their bytes, so that they need not be parsed. The JSON of every other line decides. JSON can write a
// character in several ways. So a line is never ruled out if it has an escape that could stand for a searched character.
import type { Condition, WantedValue } from './condition.js'
import { compares, isLevel, wantedLevel } from './condition-check.js'
import { Needle } from './needle.js'

const quote = 0x22
const colon = 0x3a
const spaces = [0x20, 0x09, 0x0d]
const openings = [0x7b, 0x5b]
const ends = [0x2c, 0x7d, ...spaces]
/** Longer than any number that JSON.stringify writes. */
const numberBytesMax = 32
/** A decoded line has this for bytes that are invalid UTF-8. Its own bytes need not be in the line. */
const replacement = '\ufffd'

export interface ByteSearch {
  /** Sets the chunk of the following lines. */
  begin: (chunk: Buffer) => void
  /** False if the line between the positions cannot fulfil the condition. The caller asks for lines in ascending order. */
  mayBeIn: (start: number, end: number) => boolean
  /** No line that begins at or after the given position and ends before the returned one can fulfil it. */
  nextFrom: (position: number) => number
  /** Whether few lines pass, so that jumping from one to the next pays. */
  readonly isSparse: boolean
  /** Whether the bytes alone decide, without the line's JSON. */
  readonly decides: boolean
}

/** Makes the search for a condition; null if bytes cannot rule a line out. */
export function byteSearchOf (condition: Condition): ByteSearch | null {
  if (condition.kind === 'text') return condition.text === '' ? null : new TextSearch(condition.text)
  if (condition.kind === 'pattern' || condition.kind === 'differs') return null
  return condition.path.some((name) => name.includes(replacement)) ? null : searchOfField(condition)
}

function searchOfField (condition: Exclude<Condition, { kind: 'text' | 'pattern' | 'differs' }>): ByteSearch | null {
  const { path } = condition
  switch (condition.kind) {
    case 'present': return new KeySearch(path, () => true)
    case 'fieldPattern': return new KeySearch(path, ({ first }) => !openings.includes(first))
    case 'equals': return condition.value.text.includes(replacement) ? null : searchOfValue(path, condition.value)
    case 'ordered': {
      const { ordering, value } = condition
      const level = isLevel(path) ? wantedLevel(value) : null
      const least = level ?? value.number
      const takesTexts = level !== null || least === null
      return new KeySearch(path, (token) => token.first === quote ? takesTexts : least !== null && mayBe(token, (number) => compares(number, ordering, least)))
    }
  }
}

function searchOfValue (path: readonly string[], value: WantedValue): ByteSearch {
  const level = isLevel(path) ? wantedLevel(value) : null
  const isOnlyText = value.isQuoted || (value.number === null && level === null && !['true', 'false', 'null'].includes(value.text))
  if (isOnlyText) return new LiteralSearch(value.text, path)
  const written = Buffer.from(value.text)
  const text = Buffer.from(JSON.stringify(value.text))
  return new KeySearch(path, (token) => {
    if (token.first === quote) return level !== null || token.isAt(text)
    const number = level ?? value.number
    return number === null ? token.isAt(written) : mayBe(token, (found) => found === number)
  })
}

/** The value after a key, from its first byte. */
interface Token {
  readonly first: number
  readonly isAt: (bytes: Buffer) => boolean
  /** The number at this place; NaN for anything else, null if it is too long. */
  readonly number: () => number | null
}

function mayBe (token: Token, fulfils: (number: number) => boolean): boolean {
  if (token.first === quote || openings.includes(token.first)) return false
  const number = token.number()
  return number === null || fulfils(number)
}

class TextSearch implements ByteSearch {
  readonly isSparse = true
  readonly decides = true
  readonly #needle: Needle

  constructor (text: string) {
    this.#needle = new Needle(text)
  }

  begin (chunk: Buffer): void {
    this.#needle.begin(chunk)
  }

  mayBeIn (start: number, end: number): boolean {
    return this.#needle.isIn(start, end - this.#needle.length + 1)
  }

  nextFrom (position: number): number {
    return this.#needle.findFrom(position)
  }
}

/** A text as a value, in quotation marks. */
class LiteralSearch implements ByteSearch {
  readonly isSparse = true
  readonly decides = false
  readonly #value: Needle
  readonly #keys: readonly Needle[]
  readonly #escape: Needle

  constructor (text: string, path: readonly string[]) {
    this.#value = new Needle(JSON.stringify(text))
    this.#keys = path.map((name) => new Needle(path.length === 1 ? JSON.stringify(name) : JSON.stringify(name).slice(1, -1)))
    this.#escape = new Needle(escapeIn([text, ...path]))
  }

  begin (chunk: Buffer): void {
    for (const needle of [this.#value, this.#escape, ...this.#keys]) needle.begin(chunk)
  }

  mayBeIn (start: number, end: number): boolean {
    return this.#escape.isIn(start, end) || (this.#value.isIn(start, end) && this.#keys.every((key) => key.isIn(start, end)))
  }

  nextFrom (position: number): number {
    return Math.min(this.#value.findFrom(position), this.#escape.findFrom(position))
  }
}

/** A field's key, and the values that may follow it. */
class KeySearch implements ByteSearch {
  readonly isSparse = false
  readonly decides = false
  readonly #key: Needle
  readonly #escape: Needle
  readonly #accepts: (token: Token) => boolean
  #chunk: Buffer = Buffer.alloc(0)

  constructor (path: readonly string[], accepts: (token: Token) => boolean) {
    const name = path.at(-1) ?? ''
    // The names before it may stand in the same key, with dots.
    this.#key = new Needle(JSON.stringify(name).slice(path.length === 1 ? 0 : 1))
    this.#escape = new Needle(escapeIn([name]))
    this.#accepts = accepts
  }

  begin (chunk: Buffer): void {
    this.#chunk = chunk
    this.#key.begin(chunk)
    this.#escape.begin(chunk)
  }

  mayBeIn (start: number, end: number): boolean {
    for (let at = this.#key.findIn(start, end); at !== -1; at = this.#key.findIn(at + 1, end)) {
      if (this.#mayFollow(at + this.#key.length, end)) return true
    }
    return this.#escape.isIn(start, end)
  }

  nextFrom (position: number): number {
    return Math.min(this.#key.findFrom(position), this.#escape.findFrom(position))
  }

  #mayFollow (position: number, end: number): boolean {
    const chunk = this.#chunk
    // Without a colon it was a value, or no JSON.
    if (chunk[position] !== colon) return spaces.includes(chunk[position] ?? 0)
    const from = position + 1
    const first = chunk[from] ?? 0
    if (spaces.includes(first)) return true
    return this.#accepts({
      first,
      isAt: (bytes) => from + bytes.length <= end && chunk.compare(bytes, 0, bytes.length, from, from + bytes.length) === 0,
      number: () => numberAt(chunk, from, end)
    })
  }
}

function numberAt (chunk: Buffer, from: number, end: number): number | null {
  let to = from
  for (const last = Math.min(end, from + numberBytesMax); to < last && !ends.includes(chunk[to] ?? 0); to++);
  return to - from === numberBytesMax ? null : Number(chunk.toString('latin1', from, to))
}

// Only `\u` can stand for a character that JSON.stringify does not escape. `\/` can also stand for the slash.
function escapeIn (texts: readonly string[]): string {
  return texts.some((text) => text.includes('/')) ? '\\' : '\\u'
}
