// A pino line as a log record of OTLP, written byte by byte from the bytes of the line. It takes lines in the form that pino writes
// and leaves all others to otlp-record.ts, which makes the same record. A busy log has hundreds of thousands of fields a second.
import { isUtf8 } from 'node:buffer'
import { severityFields } from './otlp-record.js'
import { digitsMax, emptyHash, hashOn, integerEnd, integerOf, isIdentity, isMilliseconds, roleBytesMax, roleOf, strange, textEnd, type Role } from './line-fields.js'
import { ByteWriter } from './byte-writer.js'
import type { ForwardedLines } from './forwarded-lines.js'
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
  readonly #out = new ByteWriter()
  /** The hashes of the keys of each open object. A line with the same key twice is left to otlp-record.ts. */
  readonly #keys = Array.from({ length: depthMax + 1 }, () => new KeyHashes())
  /** Rare fields of the record that are not attributes, and the position of its message. */
  #fields = ''
  #bodyFrom = 0
  #bodyTo = 0
  /** The position of its time, if that is in milliseconds. */
  #timeFrom = 0
  #timeTo = 0
  #level = NaN
  /** The fields of that level, and whether the line has it. */
  #severity: Buffer = Buffer.alloc(0)
  #hasLevel = false
  readonly #resource = new ResourceText()

  /** The fields of the last line that identify its process, as they stand in the line. */
  get resource (): string {
    return this.#resource.text
  }

  /** Where the next record begins in `chunk`. */
  get position (): number {
    return this.#out.position
  }

  /** The memory that records are written to. */
  get chunk (): Buffer {
    return this.#out.bytes
  }

  /** Whether the present chunk is too full for a line of that size. */
  needsChunk (lineBytes: number): boolean {
    return this.#out.room < lineBytes * growthMax + restBytesMax
  }

  /** Takes a new chunk. */
  renewChunk (lineBytes: number): void {
    this.#out.renew(Math.max(chunkBytes, lineBytes * growthMax + restBytesMax))
  }

  /** Writes a comma and the record of the line. False, and nothing is written, if the line is left to otlp-record.ts. */
  write (batch: ForwardedLines, index: number, observed: Buffer): boolean {
    const { lines } = batch
    const [start, end] = [batch.start(index), batch.end(index)]
    if (lines !== this.#lines) {
      this.#lines = lines
      this.#mayRead = isUtf8(lines)
    }
    if (!this.#mayRead || end - start > lineBytesMax || lines[start] !== 0x7b) return false
    const out = this.#out
    const from = out.position
    this.#end = end
    this.#fields = ''
    this.#hasLevel = false
    this.#resource.begin(lines)
    this.#bodyTo = this.#timeTo = 0
    out.put(recordBegin)
    out.put(observed)
    out.put(attributesBegin)
    batch.putUid(index, out)
    out.put(uidEnd)
    if (this.#members(start + 1, 0) !== end) {
      out.goBack(from)
      return false
    }
    out.putByte(closeBracket)
    this.#putFields()
    out.putByte(closeBrace)
    return true
  }

  #putFields (): void {
    const out = this.#out
    if (this.#hasLevel) out.put(this.#severity)
    if (this.#fields !== '') out.putText(this.#fields)
    if (this.#timeTo > 0) {
      out.put(timeBegin)
      out.copy(this.#lines, this.#timeFrom, this.#timeTo)
      out.put(timeClose)
    }
    if (this.#bodyTo > 0) {
      out.put(bodyBegin)
      out.copy(this.#lines, this.#bodyFrom, this.#bodyTo)
      out.putByte(closeBrace)
    }
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
    if (!isFirst) this.#out.putByte(comma)
    this.#out.put(keyBegin)
    this.#out.copy(this.#lines, keyFrom, keyTo)
    this.#out.put(valueBegin)
    const end = this.#value(keyTo + 1, depth)
    if (end !== strange) this.#out.putByte(closeBrace)
    return end
  }

  #special (role: Role, keyFrom: number, keyTo: number): number {
    const from = keyTo + 1
    const to = this.#lines[from] === quote ? textEnd(this.#lines, from + 1, this.#end) : integerEnd(this.#lines, from)
    if (to === strange || to - from > lineBytesMax) return strange
    const isText = this.#lines[from] === quote
    switch (role) {
      case 'left': return strange
      case 'level': return isText ? strange : this.#levelField(integerOf(this.#lines, from, to), to)
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
        this.#out.put(mapBegin)
        const end = this.#members(at + 1, depth + 1)
        this.#out.put(valuesEnd)
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
    this.#out.put(listBegin)
    let at = from
    for (; lines[from] !== closeBracket;) {
      at = this.#value(at, depth)
      if (at === strange) return strange
      const byte = lines[at]
      if (byte === closeBracket) break
      if (byte !== comma) return strange
      this.#out.putByte(comma)
      at++
    }
    this.#out.put(valuesEnd)
    return at + 1
  }

  #literal (at: number): number {
    const lines = this.#lines
    for (const { word, value } of literals) {
      if (word.compare(lines, at, Math.min(at + word.length, this.#end)) !== 0) continue
      this.#out.put(value)
      return at + word.length
    }
    return strange
  }

  #number (at: number): number {
    const lines = this.#lines
    const to = integerEnd(lines, at)
    if (to === strange) return strange
    if (lines[to] !== point) {
      this.#out.put(integerBegin)
      this.#out.copy(this.#lines, at, to)
      this.#out.put(integerClose)
      return to
    }
    let end = to + 1
    for (let byte = lines[end] ?? 0; byte >= zero && byte <= nine; byte = lines[++end] ?? 0);
    // An end of 0 could be a whole number, and a longer one not exact.
    const isPlain = end > to + 1 && lines[end - 1] !== zero && end - at <= digitsMax && lines[end] !== 0x65 && lines[end] !== 0x45
    return isPlain ? this.#wrapped(doubleBegin, at, end) : strange
  }

  // Most lines have the level of the line before.
  #levelField (level: number, to: number): number {
    if (level !== this.#level) {
      this.#level = level
      this.#severity = Buffer.from(`,${severityFields(level)}`)
    }
    this.#hasLevel = true
    return to
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
    this.#out.put(begin)
    this.#out.copy(this.#lines, from, to)
    this.#out.putByte(closeBrace)
    return to
  }
}
