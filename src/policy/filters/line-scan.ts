// Finds the lines of a chunk that a reader wants: they fulfil its conditions and are from its time window. A line without a
// time, such as one of a stack trace, belongs to the line before it. Chunks can be scanned in any order and by several
// threads. For lines before a chunk's first time, the previous chunk decides.
import type { Condition } from './condition.js'
import { lineStart } from '../lines/line-boundary.js'
import { lineEnd, LineFilter } from './line-filter.js'
import { lineTimeAt } from '../lines/line-time.js'
import type { Window } from './line-window.js'

/** A reader's request. It is plain data, so it can be sent to another thread. */
export interface LineQuery {
  readonly conditions: readonly Condition[]
  /** Null if lines of any time are wanted. */
  readonly window: Window | null
  readonly timeKeys: readonly string[]
}

export interface Scan {
  /** Pairs of start and end, with newlines, in ascending order. Adjacent lines are joined. */
  readonly ranges: readonly number[]
  readonly lines: number
  /**
   * How many of the ranges, and of their lines, come before the chunk's first time. They are wanted if the line before the
   * chunk was.
   */
  readonly openRanges: number
  readonly openLines: number
  /** Whether a line without a time after the chunk is wanted; null if the chunk has no time. */
  readonly endsWanted: boolean | null
}

export class LineScanner {
  readonly #filter: LineFilter | null
  readonly #window: Window | null
  readonly #timeKeys: readonly string[]
  #chunk: Buffer = Buffer.alloc(0)
  /** How far times were read, and whether the last one was in the window. */
  #readTo = 0
  #isWanted: boolean | null = null

  constructor ({ conditions, window, timeKeys }: LineQuery) {
    this.#filter = conditions.length === 0 ? null : new LineFilter(conditions)
    this.#window = window
    this.#timeKeys = timeKeys
  }

  /** Scans a chunk of whole lines. Its last line may lack a newline. */
  scan (chunk: Buffer): Scan {
    this.#chunk = chunk
    this.#readTo = 0
    this.#isWanted = this.#window === null ? true : null
    this.#filter?.begin(chunk)
    const ranges: number[] = []
    const open = { ranges: 0, lines: 0 }
    let lines = 0
    for (let start = this.#next(0); start < chunk.length;) {
      const end = lineEnd(chunk, start)
      if (this.#filter?.matches(start, end) !== false && this.#isOfWindow(start, end) !== false) {
        lines++
        addRange(ranges, start, Math.min(end + 1, chunk.length), open.lines > 0 && this.#isWanted !== null && open.ranges * 2 === ranges.length)
        if (this.#isWanted === null) {
          open.ranges = ranges.length / 2
          open.lines = lines
        }
      }
      start = this.#next(end + 1)
    }
    const endsWanted = this.#window === null || chunk.length === 0 ? null : this.#isWantedBefore(chunk.length)
    return { ranges, lines, openRanges: open.ranges, openLines: open.lines, endsWanted }
  }

  #next (position: number): number {
    return this.#filter === null || position >= this.#chunk.length ? position : this.#filter.nextCandidate(position)
  }

  #isOfWindow (start: number, end: number): boolean | null {
    if (this.#window === null) return true
    const own = this.#wantedByTime(start, end)
    const isWanted = own ?? this.#isWantedBefore(start)
    this.#readTo = end
    this.#isWanted = isWanted
    return isWanted
  }

  // Goes back line by line to the last one with a time, but not beyond lines that were read already.
  #isWantedBefore (position: number): boolean | null {
    for (let end = position - 1; end > this.#readTo;) {
      const isLineOver = this.#chunk[end] === 0x0a
      const start = lineStart(this.#chunk, end)
      const own = this.#wantedByTime(start, isLineOver ? end : end + 1)
      if (own !== null) return own
      end = start - 1
    }
    return this.#isWanted
  }

  #wantedByTime (start: number, end: number): boolean | null {
    const atMs = lineTimeAt(this.#chunk, start, end, this.#timeKeys)
    return atMs === null || this.#window === null ? null : atMs >= this.#window.sinceMs && atMs <= this.#window.untilMs
  }
}

// A range before the first time is not joined with one after it.
function addRange (ranges: number[], start: number, end: number, isApart: boolean): void {
  if (!isApart && ranges.at(-1) === start) ranges[ranges.length - 1] = end
  else ranges.push(start, end)
}
