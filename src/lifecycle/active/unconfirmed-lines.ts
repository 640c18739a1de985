// The lines written since the writer last saw its file at the path. If the file was removed since, they must be written
// again.

/** Above this, a look confirms the lines at once instead of remembering them. */
const capacityBytes = 256 * 1024
/** Copying a larger chunk costs more than confirming it. */
const copiedBytesMax = 128 * 1024

export class UnconfirmedLines {
  readonly #store = Buffer.allocUnsafe(capacityBytes)
  #bytes = 0

  /** Remembers a copy of the lines; false if they do not fit or are too large to copy. */
  add (lines: Buffer): boolean {
    if (lines.length > copiedBytesMax || lines.length > capacityBytes - this.#bytes) return false
    this.#store.set(lines, this.#bytes)
    this.#bytes += lines.length
    return true
  }

  /** Returns a copy of the remembered lines. */
  copy (): Buffer {
    return Buffer.from(this.#store.subarray(0, this.#bytes))
  }

  clear (): void {
    this.#bytes = 0
  }
}
