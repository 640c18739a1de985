// A pino line as a log record of OTLP, written byte by byte from the bytes of the line. It takes lines in the form that pino writes
// and leaves all others to otlp-record.ts, which makes the same record. A busy log has hundreds of thousands of fields a second.
import { isUtf8 } from 'node:buffer'
import { severityFields } from './otlp-record.js'
import { digitsMax, emptyHash, hashOn, integerEnd, integerOf, isIdentity, isMilliseconds, roleBytesMax, roleOf, strange, textEnd, type Role } from './line-fields.js'
import { KeyHashes } from './key-hashes.js'
import { ResourceText } from './resource-text.js'
import { attributesBegin, bodyBegin, doubleBegin, integerBegin, integerClose, keyBegin, listBegin, literals, mapBegin, recordBegin, stringBegin, timeBegin, timeClose, uidEnd, valueBegin, valuesEnd } from './otlp-texts.js'
import { timeField } from './otlp-time.js'

/** Longer lines are left to otlp-record.ts, because this memory must have room for the largest record that a line can become. */
const lineBytesMax = 64 * 1024
/** `[],` becomes ten times as many bytes. Nothing grows more. */
const growthMax = 12
const restBytesMax = 4 * 1024
const chunkBytes = 256 * 1024
const depthMax = 15
/** Shorter stretches are copied faster without a call. */
const callBytesMin = 64

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const colon = 0x3a
const point = 0x2e
const zero = 0x30
const nine = 0x39
const closeBracket = 0x5d
const closeBrace = 0x7d

export class RecordBytes {
  #lines: Buffer = Buffer.alloc(0)
  #mayRead = false
  #end = 0
  #out: Buffer = Buffer.alloc(0)
  #at = 0
  /** The hashes of the keys of each open object. A line with the same key twice is left to otlp-record.ts. */
  readonly #keys = Array.from({ length: depthMax + 1 }, () => new KeyHashes())
  /** Fields of the record that are not attributes, and the position of its message. */
  #fields = ''
  #bodyFrom = 0
  #bodyTo = 0
  /** The position of its time, if that is in milliseconds. */
  #timeFrom = 0
  #timeTo = 0
  #level = NaN
  #severityFields = ''
  readonly #resource = new ResourceText()

  /** The fields of the last line that identify its process, as they stand in the line. */
  get resource (): string {
    return this.#resource.text
  }

  /** Where the next record begins in `chunk`. */
  get position (): number {
    return this.#at
  }

  /** The memory that records are written to. */
  get chunk (): Buffer {
    return this.#out
  }

  /** Whether the present chunk is too full for a line of that size. */
  needsChunk (lineBytes: number): boolean {
    return this.#out.length - this.#at < lineBytes * growthMax + restBytesMax
  }

  /** Takes a new chunk. */
  renewChunk (lineBytes: number): void {
    this.#out = Buffer.allocUnsafeSlow(Math.max(chunkBytes, lineBytes * growthMax + restBytesMax))
    this.#at = 0
  }

  /** Writes a comma and the record of the line between the positions. False, and nothing is written, if the line is left to otlp-record.ts. */
  write (lines: Buffer, start: number, end: number, uid: string, observed: string): boolean {
    if (lines !== this.#lines) {
      this.#lines = lines
      this.#mayRead = isUtf8(lines)
    }
    if (!this.#mayRead || end - start > lineBytesMax || lines[start] !== 0x7b) return false
    const from = this.#at
    this.#end = end
    this.#fields = ''
    this.#resource.begin(lines)
    this.#bodyTo = this.#timeTo = 0
    this.#put(recordBegin)
    this.#putText(observed)
    this.#put(attributesBegin)
    this.#putText(uid)
    this.#put(uidEnd)
    if (this.#members(start + 1, 0) !== end) {
      this.#at = from
      return false
    }
    this.#putByte(closeBracket)
    this.#putText(this.#fields)
    if (this.#timeTo > 0) {
      this.#put(timeBegin)
      this.#copy(this.#timeFrom, this.#timeTo)
      this.#put(timeClose)
    }
    if (this.#bodyTo > 0) {
      this.#put(bodyBegin)
      this.#copy(this.#bodyFrom, this.#bodyTo)
      this.#putByte(closeBrace)
    }
    this.#putByte(closeBrace)
    return true
  }

  // The members of an object, from after its brace. Returns the position after its end.
  #members (from: number, depth: number): number {
    const lines = this.#lines
    const keys = this.#keys[depth] ?? new KeyHashes()
    keys.clear()
    if (lines[from] === closeBrace) return from + 1
    for (let at = from, isFirst = depth > 0; ; at++) {
      const keyTo = this.#key(at, keys)
      if (keyTo === strange || lines[keyTo] !== colon) return strange
      const role = depth === 0 && keyTo - at - 2 <= roleBytesMax ? roleOf(lines, at + 1, keyTo - 1, keys.last) : undefined
      if (role === undefined) at = this.#attribute(at, keyTo, depth, isFirst)
      else at = this.#special(role, at, keyTo)
      isFirst = false
      if (at === strange) return strange
      if (lines[at] === closeBrace) return at + 1
      if (lines[at] !== comma) return strange
    }
  }

  #attribute (keyFrom: number, keyTo: number, depth: number, isFirst: boolean): number {
    if (!isFirst) this.#putByte(comma)
    this.#put(keyBegin)
    this.#copy(keyFrom, keyTo)
    this.#put(valueBegin)
    const end = this.#value(keyTo + 1, depth)
    if (end !== strange) this.#putByte(closeBrace)
    return end
  }

  #special (role: Role, keyFrom: number, keyTo: number): number {
    const from = keyTo + 1
    const to = this.#lines[from] === quote ? textEnd(this.#lines, from + 1, this.#end) : integerEnd(this.#lines, from)
    if (to === strange || to - from > lineBytesMax) return strange
    const isText = this.#lines[from] === quote
    switch (role) {
      case 'left': return strange
      case 'level': return isText ? strange : this.#field(this.#severity(integerOf(this.#lines, from, to)), to)
      case 'time':
        if (isText || !isMilliseconds(this.#lines, from, to)) return this.#field(timeField(isText ? this.#lines.toString('latin1', from + 1, to - 1) : integerOf(this.#lines, from, to)), to)
        this.#timeFrom = from
        this.#timeTo = to
        return to
      case 'msg':
        if (!isText) return strange
        this.#bodyFrom = from
        this.#bodyTo = to
        return to
      case 'name':
      case 'pid':
        if (isText !== (role === 'name')) return strange
        this.#resource.add(keyFrom, to)
        return to
      case 'traceId':
      case 'spanId': return this.#field(isText && isIdentity(this.#lines.toString('latin1', from + 1, to - 1), role) ? `"${role}":${this.#lines.toString('latin1', from, to)}` : null, to)
      case 'flags': return this.#field(isText && /^"[0-9a-f]{2}"$/i.test(this.#lines.toString('latin1', from, to)) ? `"flags":${parseInt(this.#lines.toString('latin1', from + 1, to - 1), 16)}` : null, to)
    }
  }

  #field (field: string | null, to: number): number {
    if (field === null) return strange
    this.#fields += `,${field}`
    return to
  }

  #value (at: number, depth: number): number {
    switch (this.#lines[at] ?? 0) {
      case quote: {
        const to = textEnd(this.#lines, at + 1, this.#end)
        return to === strange ? strange : this.#wrapped(stringBegin, at, to)
      }
      case 0x7b: {
        if (depth + 1 > depthMax) return strange
        this.#put(mapBegin)
        const end = this.#members(at + 1, depth + 1)
        this.#put(valuesEnd)
        return end
      }
      case 0x5b: return depth + 1 > depthMax ? strange : this.#list(at + 1, depth + 1)
      case 0x74:
      case 0x66:
      case 0x6e: return this.#literal(at)
      default: return this.#number(at)
    }
  }

  #list (from: number, depth: number): number {
    const lines = this.#lines
    this.#put(listBegin)
    let at = from
    for (; lines[from] !== closeBracket;) {
      at = this.#value(at, depth)
      if (at === strange) return strange
      const byte = lines[at]
      if (byte === closeBracket) break
      if (byte !== comma) return strange
      this.#putByte(comma)
      at++
    }
    this.#put(valuesEnd)
    return at + 1
  }

  #literal (at: number): number {
    const lines = this.#lines
    for (const { word, value } of literals) {
      if (word.compare(lines, at, Math.min(at + word.length, this.#end)) !== 0) continue
      this.#put(value)
      return at + word.length
    }
    return strange
  }

  #number (at: number): number {
    const lines = this.#lines
    const to = integerEnd(lines, at)
    if (to === strange) return strange
    if (lines[to] !== point) {
      this.#put(integerBegin)
      this.#copy(at, to)
      this.#put(integerClose)
      return to
    }
    let end = to + 1
    for (let byte = lines[end] ?? 0; byte >= zero && byte <= nine; byte = lines[++end] ?? 0);
    // An end of 0 could be a whole number, and a longer one not exact.
    const isPlain = end > to + 1 && lines[end - 1] !== zero && end - at <= digitsMax && lines[end] !== 0x65 && lines[end] !== 0x45
    return isPlain ? this.#wrapped(doubleBegin, at, end) : strange
  }

  // Most lines have the level of the line before.
  #severity (level: number): string {
    if (level !== this.#level) {
      this.#level = level
      this.#severityFields = severityFields(level)
    }
    return this.#severityFields
  }

  // Notes the key that begins here, with its mark. Returns the position after its end.
  #key (from: number, keys: KeyHashes): number {
    const lines = this.#lines
    const first = lines[from + 1] ?? 0
    // JSON.parse puts such keys before the others.
    if (lines[from] !== quote || (first >= zero && first <= nine)) return strange
    let hash = emptyHash
    for (let at = from + 1; at < this.#end; at++) {
      const byte = lines[at] ?? 0
      if (byte === quote) {
        return keys.add(hash) ? at + 1 : strange
      }
      if (byte < 0x20 || byte === backslash) return strange
      hash = hashOn(hash, byte)
    }
    return strange
  }

  #wrapped (begin: Buffer, from: number, to: number): number {
    this.#put(begin)
    this.#copy(from, to)
    this.#putByte(closeBrace)
    return to
  }

  #putByte (byte: number): void {
    this.#out[this.#at++] = byte
  }

  #put (bytes: Buffer): void {
    const out = this.#out
    let at = this.#at
    for (let index = 0; index < bytes.length; index++) out[at++] = bytes[index] ?? 0
    this.#at = at
  }

  #putText (value: string): void {
    this.#at += this.#out.write(value, this.#at, 'latin1')
  }

  #copy (from: number, to: number): void {
    const [lines, out] = [this.#lines, this.#out]
    let at = this.#at
    if (to - from >= callBytesMin) at += lines.copy(out, at, from, to)
    else for (let index = from; index < to; index++) out[at++] = lines[index] ?? 0
    this.#at = at
  }
}
