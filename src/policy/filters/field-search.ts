// Tells without parsing whether a line could have a field with a value. In pino's form, without spaces and needless escapes,
// the bytes after the field's name mostly rule a line out. A line in any other form counts as possible.
import type { FieldValue } from '../../options/settings.js'
import { Needle } from './needle.js'

const quote = 0x22
const colon = 0x3a
const comma = 0x2c
const brace = 0x7d
/** The first bytes of values that cannot be requested. */
const openings = [0x7b, 0x5b]
const spaces = [0x20, 0x09, 0x0d]
/** Longer than any number that JSON.stringify writes. */
const numberBytesMax = 32

export class FieldSearch {
  readonly #key: Needle
  readonly #value: FieldValue
  /** The value as JSON.stringify writes it. */
  readonly #written: Buffer
  /** The escape with which a line may write the key or the value in another way than JSON.stringify. */
  readonly #escape: Needle
  #chunk: Buffer = Buffer.alloc(0)

  constructor (field: string, value: FieldValue) {
    this.#key = new Needle(JSON.stringify(field))
    this.#value = value
    this.#written = Buffer.from(JSON.stringify(value))
    this.#escape = new Needle(isOrdinary(field) && (typeof value !== 'string' || isOrdinary(value)) ? '\\u' : '\\')
  }

  /** Sets the chunk of the following lines. */
  begin (chunk: Buffer): void {
    this.#chunk = chunk
    this.#key.begin(chunk)
    this.#escape.begin(chunk)
  }

  /**
   * False if the line between the two positions cannot have the field with the value. The caller asks for lines in ascending
   * order.
   */
  mayBeIn (start: number, end: number): boolean {
    if (this.#escape.isIn(start, end)) return true
    for (let at = this.#key.findIn(start, end); at !== -1; at = this.#key.findIn(at + 1, end)) {
      if (this.#mayFollow(at + this.#key.length, end)) return true
    }
    return false
  }

  #mayFollow (position: number, end: number): boolean {
    const after = this.#chunk[position] ?? 0
    // Without a colon it was a value, or no JSON.
    if (after !== colon) return spaces.includes(after)
    const from = position + 1
    const first = this.#chunk[from] ?? 0
    if (spaces.includes(first)) return true
    if (first === quote || typeof this.#value !== 'number') return this.#stands(from, end)
    return !openings.includes(first) && this.#numberAt(from, end) === this.#value
  }

  #stands (from: number, end: number): boolean {
    const to = from + this.#written.length
    return to <= end && this.#chunk.compare(this.#written, 0, this.#written.length, from, to) === 0
  }

  #numberAt (from: number, end: number): number {
    let to = from
    for (const last = Math.min(end, from + numberBytesMax); to < last; to++) {
      const byte = this.#chunk[to] ?? 0
      if (byte === comma || byte === brace || spaces.includes(byte)) break
    }
    // Longer ones are rare. JSON.parse reads them.
    return to - from === numberBytesMax ? this.#value as number : Number(this.#chunk.toString('latin1', from, to))
  }
}

// Only `\u` can stand for a character that JSON.stringify leaves as it is, but for the slash.
function isOrdinary (text: string): boolean {
  return JSON.stringify(text) === `"${text}"` && !text.includes('/')
}
