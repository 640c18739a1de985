// Lines on their way from the application to the worker. They are gathered during a tick and then put into the ring, or wait
// while it is full. Together they stay within a bound. Beyond it, the newest lines are dropped.
import type { Loss } from '../policy/lines/drop-count.js'
import { firstLineBytes } from '../policy/lines/line-boundary.js'
import { LostLines } from '../policy/lines/lost-lines.js'
import { phases } from '../worker/shared-memory.js'
import type { RingWriter } from './ring-writer.js'
import type { WaitBudget } from './wait-budget.js'

export interface OutboxEvents {
  /** Lines were handed over, or wait. */
  onLines: () => void
  /** The outbox needs a call as soon as the worker has read something. */
  onWaiting: () => void
  onDropped: (loss: Loss) => void
  /** The bound was reached, and a longer wait would delay the application. */
  onNoRoom: () => void
}

/** Gathered lines of this length are handed over early. */
const gatheredLengthMax = 64 * 1024
/** Above this, `write` asks the producer to pause until half of it is written. */
const highWaterBytesMax = 4 * 1024 * 1024
const newline = Buffer.from('\n')

export class Outbox {
  readonly #ring: RingWriter
  readonly #bytesMax: number
  readonly #budget: () => WaitBudget
  readonly #events: OutboxEvents
  readonly #highWaterBytes: number
  readonly #lost = new LostLines()
  readonly #handOver = (): void => {
    this.#isScheduled = false
    this.handOver()
  }

  #gathered = ''
  #isScheduled = false
  #queue: Buffer[] = []
  #queuedBytes = 0
  #acceptedBytes = 0
  /** Whether the last accepted piece ended within a line. */
  #isWithinLine = false
  /** Whether an accepted line lacks its end because the rest was dropped. */
  #isTorn = false
  #needsDrain = false
  /** `dropping`: new lines are dropped. `closed`: nothing gets through any more. */
  #mode: 'flowing' | 'dropping' | 'closed' = 'flowing'
  #isAtOnce = false

  constructor (ring: RingWriter, bytesMax: number, budget: () => WaitBudget, events: OutboxEvents) {
    this.#ring = ring
    this.#bytesMax = bytesMax
    this.#budget = budget
    this.#events = events
    this.#highWaterBytes = Math.min(highWaterBytesMax, Math.ceil(bytesMax / 2))
  }

  get needsDrain (): boolean {
    return this.#needsDrain
  }

  get highWaterBytes (): number {
    return this.#highWaterBytes
  }

  /** Bytes that wait, and bytes in the ring that are not written yet. */
  get outstandingBytes (): number {
    return this.#queuedBytes + this.#ring.unreadBytes
  }

  /** How many bytes were accepted since the start. */
  get position (): number {
    return this.#acceptedBytes
  }

  /** How many of them the worker has written. */
  get readPosition (): number {
    return this.#acceptedBytes - this.outstandingBytes
  }

  /** Whether the last accepted line has no newline yet. */
  get isWithinLine (): boolean {
    return this.#isWithinLine
  }

  get isDropping (): boolean {
    return this.#mode !== 'flowing'
  }

  /** Whether lines wait because the ring is full. */
  get isQueueing (): boolean {
    return this.#queue.length > 0
  }

  /** Whether lines wait for room, or `'drain'` is due. */
  get isWaiting (): boolean {
    return this.#needsDrain || this.#queue.length > 0
  }

  /** Takes text. It is handed over at the end of the tick, or as soon as there is much of it. */
  add (text: string): void {
    this.#gathered += text
    if (!this.#isScheduled) this.#schedule()
    if (this.#gathered.length >= gatheredLengthMax) this.handOver()
  }

  /** Takes bytes, which follow all earlier text. The caller may use their memory again at once. */
  addBytes (bytes: Uint8Array): void {
    this.handOver(true)
    this.#offer(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  }

  /** Hands over the gathered text. Half a character waits for its other half, unless nothing more can follow. */
  handOver (isWhole = false): void {
    let text = this.#gathered
    if (text === '') return
    this.#gathered = ''
    const last = text.charCodeAt(text.length - 1)
    if (!isWhole && last >= 0xd800 && last <= 0xdbff) {
      this.#gathered = text.slice(-1)
      text = text.slice(0, -1)
      if (text === '') return
    }
    this.#offer(text)
  }

  /** Moves waiting lines into the ring, as far as there is room. */
  pump (): void {
    while (this.#queue[0] !== undefined) {
      const bytes = this.#ring.writeBytes(this.#queue[0])
      this.#queuedBytes -= bytes
      if (bytes < this.#queue[0].length) {
        this.#queue[0] = this.#queue[0].subarray(bytes)
        return
      }
      this.#queue.shift()
    }
  }

  /** Returns true once after `needsDrain`, when enough was read. */
  hasDrained (): boolean {
    if (!this.#needsDrain || this.outstandingBytes > this.#highWaterBytes / 2) return false
    this.#needsDrain = false
    return true
  }

  /** Drops all new lines until `flow`. */
  stall (): void {
    if (this.#mode === 'flowing') this.#mode = 'dropping'
  }

  /** Accepts lines again. */
  flow (): void {
    if (this.#mode === 'dropping') this.#mode = 'flowing'
  }

  /** Whether half of the room is free again. */
  get hasRoomAgain (): boolean {
    return this.outstandingBytes <= this.#bytesMax / 2
  }

  /** The event loop stops now. Lines are handed over as they come. */
  goWithoutTicks (): void {
    this.handOver()
    this.#isAtOnce = true
    this.#isScheduled = false
  }

  /** Takes back what the worker will not write, counts it as dropped, and drops all new lines. */
  close (): void {
    if (this.#mode === 'closed') return
    this.#mode = 'closed'
    this.handOver(true)
    const rest = Buffer.concat([this.#ring.takeBack(), ...this.#queue])
    this.#queue = []
    this.#queuedBytes = 0
    if (rest.length > 0) this.#events.onDropped(this.#lost.drop(rest))
  }

  #schedule (): void {
    if (this.#isAtOnce) {
      this.handOver()
    } else {
      this.#isScheduled = true
      setImmediate(this.#handOver)
    }
  }

  #offer (piece: string | Buffer): void {
    if (this.#mode === 'flowing' && !this.#lost.isWithinLine && this.#hasRoom(piece.length)) this.#accept(piece)
    else this.#offerInParts(Buffer.from(piece))
    this.#events.onLines()
  }

  // Lines are dropped whole. A line that was begun is completed, and the rest of a dropped line is dropped.
  #offerInParts (piece: Buffer): void {
    let rest = piece
    if (this.#lost.isWithinLine) rest = this.#drop(rest, firstLineBytes(rest))
    if (rest.length === 0) return
    if (this.#mode === 'flowing' && this.#hasRoom(rest.length)) {
      if (this.#isTorn) this.#accept(newline)
      this.#isTorn = false
      this.#accept(rest)
      return
    }
    if (this.#mode !== 'closed' && this.#isWithinLine && !this.#isTorn) {
      const end = firstLineBytes(rest)
      if (rest[end - 1] === newline[0]) {
        this.#accept(rest.subarray(0, end))
        rest = rest.subarray(end)
      } else this.#isTorn = true
    }
    this.#drop(rest, rest.length)
  }

  #drop (piece: Buffer, end: number): Buffer {
    if (end > 0) this.#events.onDropped(this.#lost.drop(piece.subarray(0, end)))
    return piece.subarray(end)
  }

  #accept (piece: string | Buffer): void {
    const writtenBytes = typeof piece === 'string' && this.#queue.length === 0 ? this.#ring.writeText(piece) : null
    if (writtenBytes !== null) {
      this.#acceptedBytes += writtenBytes
    } else {
      // What waits is copied, because the caller may use its memory again.
      const bytes = Buffer.from(piece)
      this.#acceptedBytes += bytes.length
      this.#queue.push(bytes)
      this.#queuedBytes += bytes.length
      this.pump()
    }
    if (piece.length > 0) this.#isWithinLine = piece.at(-1) !== (typeof piece === 'string' ? '\n' : newline[0])
    if (this.outstandingBytes >= this.#highWaterBytes) this.#needsDrain = true
    if (this.isWaiting) this.#events.onWaiting()
  }

  // If nothing else waits, a piece has room, however long it is.
  #hasRoom (bytes: number): boolean {
    while (this.outstandingBytes > 0 && this.outstandingBytes + bytes > this.#bytesMax) {
      const budget = this.#budget()
      const leftMs = budget.leftMs
      if (leftMs < 1 || this.#ring.phase > phases.open) {
        this.#events.onNoRoom()
        return false
      }
      budget.spend(() => { this.#ring.waitForStep(leftMs) })
      this.pump()
    }
    return true
  }
}
