// Gathers new lines into pushes: at most ten a second, each with a bounded number of lines. If lines come faster than
// that, or than the client takes them, the oldest waiting ones are counted instead of sent. In a flood that lasts, only
// the newest lines are sent, because no reader could see the others pass.
import { systemClock } from '../../clock.js'
import type { FilePlace } from '../../policy/lines/line-cursor.js'
import type { PlacedLine } from '../../reading/lines/placed-lines.js'
import type { EventStream } from '../server/event-stream.js'
import type { LogLine } from '../answer-shapes.js'
import { shownLine } from './shown-line.js'

const pushEveryMs = 100
const pushLinesMax = 1_000
const pushBytesMax = 1024 * 1024
/** Enough for a short burst, or a pause of the client. */
const waitingLinesMax = 10_000
const waitingBytesMax = 8 * 1024 * 1024
/** Lines of a push during a flood: several screens. */
const floodLinesMax = 300

interface Waiting {
  readonly line: LogLine
  /** The order of files and of their lines. */
  readonly ordinal: number
  readonly offset: number
}

export class TailPushes {
  readonly #stream: Pick<EventStream, 'send'>
  #waiting: Waiting[] = []
  #waitingBytes = 0
  #skipped = 0
  /** Since the last push. */
  #cameLines = 0
  #isFlood = false
  #sentMs = -Infinity
  #timer: NodeJS.Timeout | null = null
  #isSending = false
  #isStopped = false
  /** The last line of the newest file that was sent. */
  #last: Waiting | null = null

  constructor (stream: Pick<EventStream, 'send'>) {
    this.#stream = stream
  }

  add (file: FilePlace, ordinal: number, lines: readonly PlacedLine[]): void {
    this.#cameLines += lines.length
    // The beginning would be dropped anyway.
    const surplus = Math.max(0, lines.length - this.#linesMax)
    if (surplus > 0) this.#isFlood = true
    this.#skipped += surplus
    for (const placed of surplus === 0 ? lines : lines.slice(surplus)) {
      const line = shownLine(file, placed)
      this.#waiting.push({ line, ordinal, offset: placed.offset })
      this.#waitingBytes += line.text.length
    }
    this.#dropSurplus()
    this.#schedule()
  }

  stop (): void {
    this.#isStopped = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#waiting = []
  }

  get #linesMax (): number {
    return this.#isFlood ? floodLinesMax : waitingLinesMax
  }

  #dropSurplus (): void {
    if (this.#waiting.length > waitingLinesMax) this.#isFlood = true
    let dropped = Math.max(0, this.#waiting.length - this.#linesMax)
    for (let bytes = this.#bytesOf(0, dropped); this.#waitingBytes - bytes > waitingBytesMax && dropped < this.#waiting.length - 1; dropped++) bytes += this.#bytesOf(dropped, dropped + 1)
    if (dropped > 0) this.#remove(dropped)
    this.#skipped += dropped
  }

  #bytesOf (from: number, to: number): number {
    let bytes = 0
    for (let index = from; index < to; index++) bytes += this.#waiting[index]?.line.text.length ?? 0
    return bytes
  }

  #remove (count: number): Waiting[] {
    const removed = this.#waiting.splice(0, count)
    this.#waitingBytes -= removed.reduce((sum, { line }) => sum + line.text.length, 0)
    return removed
  }

  #schedule (): void {
    if (this.#timer !== null || this.#isSending || this.#isStopped || this.#waiting.length === 0) return
    const dueMs = this.#sentMs + pushEveryMs - systemClock.monotonic()
    this.#timer = setTimeout(() => { void this.#push() }, Math.max(0, dueMs))
  }

  async #push (): Promise<void> {
    this.#timer = null
    this.#isSending = true
    this.#sentMs = systemClock.monotonic()
    const lines = this.#remove(this.#countOfPush())
    if (this.#cameLines <= pushLinesMax) this.#isFlood = false
    this.#cameLines = 0
    for (const line of lines) if (this.#last === null || isAfter(line, this.#last)) this.#last = line
    const skipped = this.#skipped
    this.#skipped = 0
    try {
      await this.#stream.send({ event: 'lines', data: { lines: lines.map(({ line }) => line), skipped }, ...this.#last !== null && { id: this.#last.line.cursor } })
    } catch {
      this.stop() // The client is gone. Its request ends by the same event.
    } finally {
      this.#isSending = false
      this.#schedule()
    }
  }

  #countOfPush (): number {
    let [count, bytes] = [0, 0]
    for (const { line } of this.#waiting) {
      if (count >= pushLinesMax || (count > 0 && bytes + line.text.length > pushBytesMax)) break
      bytes += line.text.length
      count++
    }
    return count
  }
}

function isAfter (a: Waiting, b: Waiting): boolean {
  return a.ordinal > b.ordinal || (a.ordinal === b.ordinal && a.offset > b.offset)
}
