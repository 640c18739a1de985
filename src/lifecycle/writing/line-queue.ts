// Lines to write now, in order. They are views on the caller's memory, so the queue is empty again before a call returns.

const nothing: Buffer = Buffer.alloc(0)

export class LineQueue {
  #chunks: Buffer[] = []
  bytes = 0

  /** The next lines; empty if the queue is empty. */
  get first (): Buffer {
    return this.#chunks[0] ?? nothing
  }

  push (...chunks: readonly Buffer[]): void {
    for (const lines of chunks) {
      if (lines.length === 0) continue
      this.#chunks.push(lines)
      this.bytes += lines.length
    }
  }

  /** Puts lines in front of all others. */
  unshift (lines: Buffer): void {
    if (lines.length === 0) return
    this.#chunks.unshift(lines)
    this.bytes += lines.length
  }

  /** Takes that many bytes of the next lines. */
  shift (bytes: number): Buffer {
    const { first } = this
    this.bytes -= bytes
    if (bytes < first.length) this.#chunks[0] = first.subarray(bytes)
    else this.#chunks.shift()
    return bytes < first.length ? first.subarray(0, bytes) : first
  }

  /** Removes that many bytes from the end of the queue. */
  truncate (bytes: number): void {
    const whole = Buffer.concat(this.take())
    this.push(whole.subarray(0, whole.length - bytes))
  }

  /** Takes all lines. */
  take (): Buffer[] {
    const chunks = this.#chunks
    this.#chunks = []
    this.bytes = 0
    return chunks
  }
}
