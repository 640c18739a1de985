// Joins chunks, cut anywhere, into whole lines. Text is encoded once, into memory that is reused. An unfinished line waits
// at the front of that memory for its end. A very long line is handed over in parts.
import { longLineBytes, wholeLinesEnd } from '../../policy/lines/line-boundary.js'

/** Enough for a small burst. A larger one makes it grow, up to the most that thread-stream passes on at once. */
const initialBytes = 64 * 1024
/** A longer chunk is taken in slices, so that memory stays bounded. One of thread-stream, up to 4 MiB and a line, is taken whole. */
const wholeLengthMax = 5 * 1024 * 1024
const sliceLength = 4 * 1024 * 1024
/** No UTF-16 code unit needs more bytes than this in UTF-8. */
const bytesPerUnitMax = 3
/** More memory than any chunk of a worker needs is freed after the line that needed it. */
const keptBytesMax = 16 * 1024 * 1024
/** A held start of a line up to this length is searched too, although it has no newline. Leaving it out would cost more. */
const searchedBytesMax = 4 * 1024
const newline = 0x0a

export class LineGatherer {
  #memory = Buffer.allocUnsafeSlow(initialBytes)
  #heldBytes = 0
  /** The first half of a character whose second half is in the next chunk. */
  #halfCharacter = ''

  /**
   * Adds a chunk and hands over the lines that are whole now, or the next part of a line of more than 16 MiB. Their memory is reused
   * afterwards.
   */
  add (chunk: string | Uint8Array, consume: (lines: Buffer) => void): void {
    if (chunk.length <= wholeLengthMax) this.#addSlice(chunk, consume)
    else for (let start = 0; start < chunk.length; start += sliceLength) this.#addSlice(slice(chunk, start), consume)
  }

  /** Hands over the rest: the start of a line that never ended. */
  finish (consume: (lines: Buffer) => void): void {
    this.#endHalfCharacter()
    if (this.#heldBytes > 0) this.#hand(this.#heldBytes, consume)
  }

  #addSlice (chunk: string | Uint8Array, consume: (lines: Buffer) => void): void {
    if (typeof chunk !== 'string') this.#endHalfCharacter()
    const previousBytes = this.#heldBytes
    const totalBytes = previousBytes + (typeof chunk === 'string' ? this.#addText(chunk) : this.#addBytes(chunk))
    this.#heldBytes = totalBytes
    const endBytes = this.#wholeLinesEnd(previousBytes)
    if (endBytes > previousBytes) this.#hand(endBytes, consume)
    if (this.#heldBytes >= longLineBytes) this.#hand(this.#heldBytes, consume)
  }

  #hand (endBytes: number, consume: (lines: Buffer) => void): void {
    const memory = this.#memory
    const restBytes = this.#heldBytes - endBytes
    this.#heldBytes = restBytes
    consume(memory.subarray(0, endBytes))
    if (memory.length > keptBytesMax && restBytes <= initialBytes) this.#memory = Buffer.allocUnsafeSlow(initialBytes)
    if (restBytes === 0) return
    // Within one buffer, `copyWithin` is quicker than `copy`, which makes a view first.
    if (memory === this.#memory) memory.copyWithin(0, endBytes, endBytes + restBytes)
    else memory.copy(this.#memory, 0, endBytes, endBytes + restBytes)
  }

  // Most chunks end with a newline. Only the others are searched for one. A held start of a line has no newline, so the
  // search leaves it out if it is long. If it is short, making a view without it would cost more than searching it.
  #wholeLinesEnd (fromBytes: number): number {
    if (this.#heldBytes === 0 || this.#memory[this.#heldBytes - 1] === newline) return this.#heldBytes
    if (fromBytes <= searchedBytesMax) return this.#memory.lastIndexOf(newline, this.#heldBytes - 1) + 1
    return fromBytes + wholeLinesEnd(this.#memory.subarray(fromBytes, this.#heldBytes))
  }

  #addText (chunk: string): number {
    const text = this.#halfCharacter + chunk
    const last = text.charCodeAt(text.length - 1)
    const isCut = last >= 0xd800 && last <= 0xdbff
    this.#halfCharacter = isCut ? text.slice(-1) : ''
    return this.#encode(isCut ? text.slice(0, -1) : text)
  }

  // The second half will not come.
  #endHalfCharacter (): void {
    if (this.#halfCharacter !== '') this.#heldBytes += this.#encode(this.#halfCharacter)
    this.#halfCharacter = ''
  }

  // Memory for the worst case costs nothing until it is used. Measuring the text first would cost more.
  #encode (text: string): number {
    this.#makeRoom(text.length * bytesPerUnitMax)
    return this.#memory.write(text, this.#heldBytes)
  }

  #addBytes (chunk: Uint8Array): number {
    this.#makeRoom(chunk.length)
    this.#memory.set(chunk, this.#heldBytes)
    return chunk.length
  }

  get #roomBytes (): number {
    return this.#memory.length - this.#heldBytes
  }

  #makeRoom (bytes: number): void {
    if (bytes <= this.#roomBytes) return
    const larger = Buffer.allocUnsafeSlow(Math.max(Math.min(this.#memory.length * 2, keptBytesMax), this.#heldBytes + bytes))
    this.#memory.copy(larger, 0, 0, this.#heldBytes)
    this.#memory = larger
  }
}

function slice (chunk: string | Uint8Array, start: number): string | Uint8Array {
  return typeof chunk === 'string' ? chunk.slice(start, start + sliceLength) : chunk.subarray(start, start + sliceLength)
}
