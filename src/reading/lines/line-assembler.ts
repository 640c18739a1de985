// Puts the results of scans together in the order of the file. Lines without a time belong to the line before them. Lines
// around hits are added. If a last line lacks its newline, one is added before the next line.
import { lineStart } from '../../policy/lines/line-boundary.js'
import type { Selection } from '../../policy/filters/line-window.js'
import { asBuffer, type Found } from '../scan/scan-task.js'

/** Matching lines. */
export interface LineBatch {
  readonly lines: Buffer
  /** The number of lines, including those around hits. */
  readonly count: number
  /** Whether nothing else uses the memory of the lines. */
  readonly isSole?: boolean | undefined
  /** Whether its first byte is the newline that the line before it lacks. */
  readonly endsLine?: boolean
}

const newline = 0x0a
const lineFeed = Buffer.from('\n')
const none: LineBatch = { lines: Buffer.alloc(0), count: 0 }

export class LineAssembler {
  /** How many lines around each hit are included. */
  readonly #context: number
  /** Whether the line before was in the window. A following line without a time is treated like it. */
  #isWanted = true
  #endsTorn = false
  /** Which lines were seen whose times matter: none, only lines without a time, or lines with times. */
  #seen: 'nothing' | 'no times' | 'times' = 'nothing'
  #isEdge = true
  /** The last lines that were not included, for a hit that may follow. */
  #before: Buffer = none.lines
  /** How many lines after the last hit must still be included. */
  #owed = 0

  constructor (context: number) {
    this.#context = context
  }

  /** Whether times mattered, and no line had one. */
  get lacksTimes (): boolean {
    return this.#seen === 'no times'
  }

  /** Begins a file, or skips it. */
  beginFile (selection: Selection): void {
    this.#isEdge = selection === 'edge'
    if (selection === 'skip') this.#isWanted = false
    if (selection === 'whole') this.#isWanted = true
  }

  /** Notes a block that was skipped. */
  skip (endsWanted: boolean | null): void {
    this.#goOn(endsWanted)
  }

  /** Takes the result for the next chunk, and returns its matching lines. */
  take (found: Found): LineBatch {
    const isOpenWanted = this.#isWanted
    this.#goOn(found.endsWanted)
    const bytes = asBuffer(found.bytes)
    if (this.#context > 0) return this.#ended(this.#withContext(bytes, isOpenWanted ? found.ranges : found.ranges.filter((position, index) => index % 2 === 0 ? position >= found.openBytes : position > found.openBytes)))
    const { isSole } = found
    return this.#ended(isOpenWanted ? { lines: bytes, count: found.lines, isSole } : { lines: bytes.subarray(found.openBytes), count: found.lines - found.openLines, isSole })
  }

  /** Counts the matching lines, in all and by group. */
  count (found: Found): { readonly lines: number, readonly groups: ReadonlyArray<readonly [string, number]> } {
    const isOpenWanted = this.#isWanted
    this.#goOn(found.endsWanted)
    return isOpenWanted ? { lines: found.lines, groups: [...found.openGroups, ...found.groups] } : { lines: found.lines - found.openLines, groups: found.groups }
  }

  /** Notes the result for the next chunk. Returns whether its lines before its first time are wanted. */
  goOn ({ endsWanted }: Pick<Found, 'endsWanted'>): boolean {
    const isOpenWanted = this.#isWanted
    this.#goOn(endsWanted)
    return isOpenWanted
  }

  /** Takes a part of a long line. `isWanted` is the result for its beginning, and null for the later parts. */
  takePart (bytes: Buffer, isFirst: boolean, isOfWindow: boolean | null): LineBatch {
    if (isFirst) this.#isWanted = isOfWindow ?? this.#isWanted
    if (!this.#isWanted) return none
    return this.#ended({ lines: bytes, count: isFirst ? 1 : 0 }, !isFirst)
  }

  #goOn (endsWanted: boolean | null): void {
    this.#isWanted = endsWanted ?? this.#isWanted
    if (endsWanted !== null) this.#seen = 'times'
    else if (this.#isEdge && this.#seen === 'nothing') this.#seen = 'no times'
  }

  // The next line, whichever file it is from, begins on its own line.
  #ended (batch: LineBatch, isGoingOn = false): LineBatch {
    if (batch.lines.length === 0) return batch
    const wasTorn = this.#endsTorn && !isGoingOn
    this.#endsTorn = batch.lines.at(-1) !== newline
    return wasTorn ? { ...batch, lines: Buffer.concat([lineFeed, batch.lines]), endsLine: true } : batch
  }

  #withContext (lines: Buffer, ranges: readonly number[]): LineBatch {
    const given: Buffer[] = []
    let givenTo = 0
    for (let index = 0; index < ranges.length; index += 2) {
      const [start = 0, end = 0] = [ranges[index], ranges[index + 1]]
      givenTo = this.#giveOwed(lines, givenTo, start, given)
      const from = linesBefore(lines, start, this.#context, givenTo)
      // The missing lines are from the chunk before.
      if (from === 0 && givenTo === 0) given.push(lastLines(this.#before, this.#context - countLines(lines, 0, start)))
      given.push(lines.subarray(from, end))
      givenTo = end
      this.#owed = this.#context
      this.#before = none.lines
    }
    givenTo = this.#giveOwed(lines, givenTo, lines.length, given)
    const rest = lines.subarray(givenTo)
    this.#before = closed(lastLines(givenTo > 0 ? rest : Buffer.concat([this.#before, lines.subarray(linesBefore(lines, lines.length, this.#context, 0))]), this.#context))
    const gathered = Buffer.concat(given)
    return { lines: gathered, count: countLines(gathered, 0, gathered.length) }
  }

  /** Includes the lines still needed after the last hit. Returns up to where lines are included now. */
  #giveOwed (lines: Buffer, from: number, to: number, given: Buffer[]): number {
    let end = from
    for (; this.#owed > 0 && end < to; this.#owed--) end = afterLine(lines, end)
    if (end > from) given.push(lines.subarray(from, end))
    return end
  }
}

/** A copy of the lines, whose last one has its newline. */
function closed (lines: Buffer): Buffer {
  return lines.length === 0 || lines.at(-1) === newline ? Buffer.from(lines) : Buffer.concat([lines, lineFeed])
}

/** Returns where that many lines before the position begin, but not before `from`. */
function linesBefore (lines: Buffer, position: number, count: number, from: number): number {
  let start = position
  for (let left = count; left > 0 && start > from; left--) start = lineStart(lines, start - 1)
  return Math.max(start, from)
}

function lastLines (lines: Buffer, count: number): Buffer {
  return count <= 0 ? none.lines : lines.subarray(linesBefore(lines, lines.length, count, 0))
}

function afterLine (lines: Buffer, position: number): number {
  const end = lines.indexOf(newline, position)
  return end === -1 ? lines.length : end + 1
}

function countLines (lines: Buffer, from: number, to: number): number {
  let count = 0
  for (let position = from; position < to; position = afterLine(lines, position)) count++
  return count
}
