// The lines written since the writer last saw its file under its name. Somebody may have removed the file since, and then
// they must be written again.

/** More than this is confirmed by a look at once instead of being remembered. */
const capacityBytes = 256 * 1024
/** A chunk above this costs more to copy than to confirm. */
const copiedBytesMax = 128 * 1024

export class UnconfirmedLines {
  readonly #store = Buffer.allocUnsafe(capacityBytes)
  #bytes = 0

  /** Remembers a copy of the lines; false where they do not fit or are not worth it. */
  add (lines: Buffer): boolean {
    if (lines.length > copiedBytesMax || lines.length > capacityBytes - this.#bytes) return false
    this.#store.set(lines, this.#bytes)
    this.#bytes += lines.length
    return true
  }

  /** A copy of what is remembered. */
  copy (): Buffer {
    return Buffer.from(this.#store.subarray(0, this.#bytes))
  }

  clear (): void {
    this.#bytes = 0
  }
}
