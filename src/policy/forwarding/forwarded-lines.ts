// Lines that are sent together. They stay bytes, and are known by their places. Thousands of objects for each batch would have to be
// collected, which holds up the thread.
import { crc32Between } from '../../platform/crc32.js'
import type { ByteWriter } from './byte-writer.js'

const dash = 0x2d

export class ForwardedLines {
  /** The bytes that the lines are in. */
  readonly lines: Buffer
  readonly #bounds: Uint32Array
  readonly #file: Buffer
  readonly #offset: number

  /**
   * `bounds` has the start of each line and its end without the newline, by turns. `file` identifies the file in all logs, and `offset`
   * is the place of the bytes in it.
   */
  constructor (lines: Buffer, bounds: Uint32Array, file: Buffer, offset: number) {
    this.lines = lines
    this.#bounds = bounds
    this.#file = file
    this.#offset = offset
  }

  get length (): number {
    return this.#bounds.length / 2
  }

  /** The size of all lines in the file, with their newlines. */
  get sizeBytes (): number {
    let bytes = 0
    for (let index = 0; index < this.length; index++) bytes += this.end(index) + 1 - this.start(index)
    return bytes
  }

  /** Where the line begins. */
  start (index: number): number {
    return this.#bounds[2 * index] ?? 0
  }

  /** Where the line ends, without its newline. */
  end (index: number): number {
    return this.#bounds[2 * index + 1] ?? 0
  }

  /** The line, without its newline. */
  text (index: number): string {
    return this.lines.toString('utf8', this.start(index), this.end(index))
  }

  /** All lines, without their newlines. */
  texts (): string[] {
    return Array.from({ length: this.length }, (_, index) => this.text(index))
  }

  /** The identity of the line: its file, its place in it, and its checksum, in case another file comes to the same place. */
  uid (index: number): string {
    return `${this.#file.toString()}-${this.#offset + this.start(index)}-${this.#checksum(index)}`
  }

  /** Writes the identity of the line. */
  putUid (index: number, out: ByteWriter): void {
    out.put(this.#file)
    out.putByte(dash)
    out.putNumber(this.#offset + this.start(index))
    out.putByte(dash)
    out.putNumber(this.#checksum(index))
  }

  /** The lines from the first index to before the second one. */
  slice (from: number, to = this.length): ForwardedLines {
    return new ForwardedLines(this.lines, this.#bounds.subarray(2 * from, 2 * to), this.#file, this.#offset)
  }

  #checksum (index: number): number {
    return crc32Between(this.lines, this.start(index), this.end(index))
  }
}
