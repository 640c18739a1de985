// Writes bytes one after the other to memory that has room for them. It makes no objects, because garbage collection would hold up a
// thread that writes a million values a second.

/** Shorter stretches are copied faster without a call. */
const callBytesMin = 64
const zero = 0x30
/** As many digits as the largest exact number has. */
const digitsMax = 16

export class ByteWriter {
  #bytes: Buffer = Buffer.alloc(0)
  #at = 0
  readonly #digits = Buffer.alloc(digitsMax)

  /** The memory. */
  get bytes (): Buffer {
    return this.#bytes
  }

  /** Where the next byte is written. */
  get position (): number {
    return this.#at
  }

  /** How many bytes the memory has room for. */
  get room (): number {
    return this.#bytes.length - this.#at
  }

  /** Continues in new memory of that size. */
  renew (bytes: number): void {
    this.#bytes = Buffer.allocUnsafeSlow(bytes)
    this.#at = 0
  }

  /** Drops what was written from that position on. */
  goBack (position: number): void {
    this.#at = position
  }

  putByte (byte: number): void {
    this.#bytes[this.#at++] = byte
  }

  put (bytes: Buffer): void {
    this.copy(bytes, 0, bytes.length)
  }

  /** Writes a text without characters above U+00FF. */
  putText (text: string): void {
    this.#at += this.#bytes.write(text, this.#at, 'latin1')
  }

  /** Writes the digits of a whole number that is not below 0. */
  putNumber (value: number): void {
    let at = digitsMax
    for (let rest = value; at === digitsMax || rest > 0; rest = Math.floor(rest / 10)) this.#digits[--at] = zero + rest % 10
    this.copy(this.#digits, at, digitsMax)
  }

  /** Writes the bytes between the positions. */
  copy (bytes: Buffer, from: number, to: number): void {
    const own = this.#bytes
    let at = this.#at
    if (to - from >= callBytesMin) at += bytes.copy(own, at, from, to)
    else for (let index = from; index < to; index++) own[at++] = bytes[index] ?? 0
    this.#at = at
  }
}
