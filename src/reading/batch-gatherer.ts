// Gathers the bytes of one file into batches of whole lines, from the cursor on. It notices if the file is not the one of
// the cursor.
import { release } from '../disk/compress/release.js'
import { headBytesMax, headChecksum, type Cursor } from '../policy/forwarding/cursor.js'

export interface LineBatch {
  /** Whole lines. Only the last line of a finished file may lack its newline. The taker may release them. */
  readonly lines: Buffer
  /** Where the lines begin. */
  readonly place: Cursor
  /** The cursor before the lines. It differs from their place if they were added to an archive that was read before. */
  readonly from: Cursor
  /** The cursor after the lines. */
  readonly to: Cursor
}

export type TakeBatch = (batch: LineBatch) => Promise<void>

/** Reads the first bytes of a file. */
export type ReadBegin = (bytes: number) => Promise<Buffer>

/** The beginning of a file that was checked against the cursor, and where its reading begins. */
export interface CheckedBegin {
  readonly begin: Buffer
  readonly from: number
}

const batchBytesMax = 1024 * 1024
const roomBytesMin = 64 * 1024
const newline = 0x0a

export class BatchGatherer {
  #cursor: Cursor
  readonly #take: TakeBatch
  readonly #onGap: () => void
  /** The first bytes of the file, as many as a checksum covers. */
  #head: Buffer = Buffer.alloc(0)
  /** Reads the first bytes, if some of them were passed over. */
  #readBegin: ReadBegin | null = null
  #isBeginRead = false
  /** How many bytes to skip, because the cursor has passed them. */
  #skipBytes: number
  #isChecked: boolean
  /** Bytes before the cursor, kept until the cursor is checked against the file's beginning. */
  #passed: Buffer[] = []
  /** Room for the waiting bytes, and how many wait. */
  #room: Buffer = Buffer.alloc(0)
  #bytes = 0
  /** How many of the waiting bytes are whole lines. */
  #wholeBytes = 0

  /** Without `checked`, the file is read from its beginning and checked by that. */
  constructor (cursor: Cursor, take: TakeBatch, onGap: () => void = () => {}, checked: CheckedBegin | null = null) {
    this.#cursor = cursor
    this.#take = take
    this.#onGap = onGap
    this.#head = checked?.begin ?? this.#head
    this.#isBeginRead = checked?.from === 0
    this.#skipBytes = cursor.offset - (checked?.from ?? 0)
    this.#isChecked = cursor.head === null || checked !== null
  }

  /** The cursor after the lines that were handed over. */
  get cursor (): Cursor {
    return this.#cursor
  }

  /** Takes some bytes, whose memory may be used again afterwards. */
  async add (piece: Buffer): Promise<void> {
    if (this.#readBegin !== null) {
      this.#head = await this.#readBegin(headBytesMax)
      this.#readBegin = null
      this.#isBeginRead = true
    } else if (!this.#isBeginRead && this.#head.length < headBytesMax) this.#head = Buffer.concat([this.#head, piece.subarray(0, headBytesMax - this.#head.length)])
    if (!this.#isChecked) await this.#check(piece)
    else await this.#gather(this.#skip(piece))
  }

  /**
   * Passes over that many bytes, which are not handed over. A line that waits for its end is left out. `begin` reads the
   * file's first bytes.
   */
  async pass (bytes: number, begin: ReadBegin): Promise<void> {
    await this.flush()
    const passedBytes = this.#bytes + bytes
    this.#bytes = 0
    const skipped = Math.min(this.#skipBytes, passedBytes)
    this.#skipBytes -= skipped
    this.#cursor = { ...this.#cursor, offset: this.#cursor.offset + passedBytes - skipped }
    if (!this.#isBeginRead && this.#head.length < headBytesMax) this.#readBegin = begin
  }

  /** Hands over the waiting whole lines. */
  async flush (): Promise<void> {
    await this.#handOver(this.#wholeBytes)
  }

  /** Hands over all waiting bytes, including a last line without its newline. Nothing more comes. */
  async finish (): Promise<void> {
    if (!this.#isChecked) await this.#startOver()
    await this.#handOver(this.#bytes)
  }

  // The bytes before the cursor are kept until the head is complete. If it is another file, none of them is lost.
  async #check (piece: Buffer): Promise<void> {
    this.#passed.push(Buffer.from(piece))
    const checkedBytes = Math.min(headBytesMax, this.#cursor.offset)
    if (this.#head.length < checkedBytes) return
    if (headChecksum(this.#head, this.#cursor.offset) !== this.#cursor.head) {
      await this.#startOver()
      return
    }
    this.#isChecked = true
    for (const each of this.#passed.splice(0)) await this.#gather(this.#skip(each))
  }

  async #startOver (): Promise<void> {
    this.#isChecked = true
    this.#onGap()
    this.#cursor = { ...this.#cursor, offset: 0, head: null }
    this.#skipBytes = 0
    for (const each of this.#passed.splice(0)) await this.#gather(each)
  }

  #skip (piece: Buffer): Buffer {
    const skipped = Math.min(this.#skipBytes, piece.length)
    this.#skipBytes -= skipped
    return piece.subarray(skipped)
  }

  async #gather (piece: Buffer): Promise<void> {
    for (let rest = piece; rest.length > 0;) {
      const part = this.#partOf(rest)
      const lineEnd = part.lastIndexOf(newline) + 1
      if (lineEnd > 0) this.#wholeBytes = this.#bytes + lineEnd
      this.#append(part)
      rest = rest.subarray(part.length)
      if (this.#bytes >= batchBytesMax) await this.flush()
    }
  }

  #append (bytes: Buffer): void {
    const needed = this.#bytes + bytes.length
    if (needed > this.#room.length) {
      const roomBytes = Math.max(needed, roomBytesMin, 2 * this.#room.length)
      const room = Buffer.allocUnsafeSlow(needed <= batchBytesMax ? Math.min(roomBytes, batchBytesMax) : roomBytes)
      this.#room.copy(room, 0, 0, this.#bytes)
      release(this.#room)
      this.#room = room
    }
    bytes.copy(this.#room, this.#bytes)
    this.#bytes = needed
  }

  // Up to the size of a batch. A longer line is included to its end.
  #partOf (rest: Buffer): Buffer {
    if (this.#bytes < batchBytesMax) return rest.subarray(0, batchBytesMax - this.#bytes)
    const lineEnd = rest.indexOf(newline) + 1
    return lineEnd === 0 ? rest : rest.subarray(0, lineEnd)
  }

  async #handOver (bytes: number): Promise<void> {
    if (bytes === 0) return
    const lines = this.#room.subarray(0, bytes)
    const rest = this.#room.subarray(bytes, this.#bytes)
    this.#room = Buffer.alloc(0)
    this.#bytes = 0
    this.#wholeBytes = 0
    this.#append(rest)
    const from = this.#cursor
    const offset = from.offset + bytes
    const to = { after: from.after, offset, head: headChecksum(this.#head, offset) }
    await this.#take({ lines, place: from, from, to })
    this.#cursor = to
  }
}
