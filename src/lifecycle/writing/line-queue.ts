// Lines to write now, in order. They are views on the caller's memory, so the queue is empty again before a call returns.

const nothing: Buffer = Buffer.alloc(0)

/**
 * Called right before the next appended bytes, so many of them, go to the disk or begin to wait for it. Returns false if
 * the application has taken them back. They are then not written.
 */
export type Claim = (bytes: number) => boolean

export class LineQueue {
  readonly #claim: Claim
  // Nearly always there is one chunk, and an array of it would be garbage with each write.
  #first = nothing
  #others: Buffer[] = []
  /** How many bytes at the queue's end come from the application and are not claimed yet. */
  #unclaimedBytes = 0
  bytes = 0

  constructor (claim: Claim) {
    this.#claim = claim
  }

  /** The next lines; empty if the queue is empty. */
  get first (): Buffer {
    return this.#first
  }

  /** Puts lines of the application into the queue, which is empty. They must be claimed before they are written. */
  pushUnclaimed (lines: Buffer): void {
    this.push(lines)
    this.#unclaimedBytes = this.bytes
  }

  // The application itself counts the bytes that it has taken back. Lines that are written again were claimed before.
  /** Claims so many of the next bytes. False if the application has taken them back. They are then removed from the queue. */
  claim (bytes: number): boolean {
    const leftBytes = Math.min(this.#unclaimedBytes, this.bytes - bytes)
    const isOurs = leftBytes === this.#unclaimedBytes || this.#claim(this.#unclaimedBytes - leftBytes)
    if (!isOurs) this.truncate(this.#unclaimedBytes)
    this.#unclaimedBytes = isOurs ? leftBytes : 0
    return isOurs
  }

  push (lines: Buffer): void {
    if (lines.length === 0) return
    if (this.bytes === 0) this.#first = lines
    else this.#others.push(lines)
    this.bytes += lines.length
  }

  /** Puts lines in front of all others. */
  unshift (lines: Buffer): void {
    if (lines.length === 0) return
    if (this.bytes > 0) this.#others.unshift(this.#first)
    this.#first = lines
    this.bytes += lines.length
  }

  /** Takes that many bytes of the next lines. */
  shift (bytes: number): Buffer {
    const first = this.#first
    this.bytes -= bytes
    if (bytes < first.length) {
      this.#first = first.subarray(bytes)
      return first.subarray(0, bytes)
    }
    this.#first = this.bytes === 0 ? nothing : this.#others.shift() ?? nothing
    return first
  }

  /** Removes that many bytes from the end of the queue. */
  truncate (bytes: number): void {
    const whole = Buffer.concat(this.take())
    this.push(whole.subarray(0, whole.length - bytes))
  }

  /** Takes all lines. */
  take (): Buffer[] {
    const chunks = this.bytes === 0 ? [] : [this.#first, ...this.#others]
    this.#first = nothing
    this.#others = []
    this.bytes = 0
    return chunks
  }
}
