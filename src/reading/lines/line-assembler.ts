// What scans find, put together in the order of the file: lines without a time go with the line before them, lines around hits
// are added, and a last line that lacks its newline gets one before the next line.
import { lineStart } from '../../policy/lines/line-boundary.js'
import type { Selection } from '../../policy/lines/line-window.js'
import { asBuffer, type Found } from '../scan/scan-task.js'

/** Lines that are asked for. */
export interface LineBatch {
  readonly lines: Buffer
  /** How many lines there are, those around hits included. */
  readonly count: number
}

const newline = 0x0a
const lineFeed = Buffer.from('\n')
const none: LineBatch = { lines: Buffer.alloc(0), count: 0 }

export class LineAssembler {
  /** How many lines around each hit are wanted too. */
  readonly #context: number
  /** Whether the line before was of the window: what says no time goes with it. */
  #isWanted = true
  #endsTorn = false
  /** What was seen of lines whose times matter: none, lines without a time only, or times. */
  #seen: 'nothing' | 'no times' | 'times' = 'nothing'
  #isEdge = true
  /** The last lines that were not given, for a hit that may follow. */
  #before: Buffer = none.lines
  /** How many lines after the last hit are still to be given. */
  #owed = 0

  constructor (context: number) {
    this.#context = context
  }

  /** Whether lines were looked at for their times and none had one. */
  get lacksTimes (): boolean {
    return this.#seen === 'no times'
  }

  /** Begins a file, or leaves it out. */
  beginFile (selection: Selection): void {
    this.#isEdge = selection === 'edge'
    if (selection === 'skip') this.#isWanted = false
    if (selection === 'whole') this.#isWanted = true
  }

  /** Takes note of a block that was left out. */
  skip (endsWanted: boolean | null): void {
    this.#goOn(endsWanted)
  }

  /** Takes what was found in the next chunk, and gives the lines that are wanted of it. */
  take (found: Found): LineBatch {
    const isOpenWanted = this.#isWanted
    this.#goOn(found.endsWanted)
    const bytes = asBuffer(found.bytes)
    if (this.#context > 0) return this.#ended(this.#withContext(bytes, isOpenWanted ? found.ranges : found.ranges.filter((position, index) => index % 2 === 0 ? position >= found.openBytes : position > found.openBytes)))
    return this.#ended(isOpenWanted ? { lines: bytes, count: found.lines } : { lines: bytes.subarray(found.openBytes), count: found.lines - found.openLines })
  }

  /** How many lines were found, and how many of each group, of a request for counts. */
  count (found: Found): { readonly lines: number, readonly groups: ReadonlyArray<readonly [string, number]> } {
    const isOpenWanted = this.#isWanted
    this.#goOn(found.endsWanted)
    return isOpenWanted ? { lines: found.lines, groups: [...found.openGroups, ...found.groups] } : { lines: found.lines - found.openLines, groups: found.groups }
  }

  /** Takes part of a long line that is passed on as it comes; `isWanted` says what its beginning tells, null for the later parts. */
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

  // The next line, whichever file it is from, begins on a line of its own.
  #ended (batch: LineBatch, isGoingOn = false): LineBatch {
    if (batch.lines.length === 0) return batch
    const wasTorn = this.#endsTorn && !isGoingOn
    this.#endsTorn = batch.lines.at(-1) !== newline
    return wasTorn ? { ...batch, lines: Buffer.concat([lineFeed, batch.lines]) } : batch
  }

  #withContext (lines: Buffer, ranges: readonly number[]): LineBatch {
    const given: Buffer[] = []
    let givenTo = 0
    for (let index = 0; index < ranges.length; index += 2) {
      const [start = 0, end = 0] = [ranges[index], ranges[index + 1]]
      givenTo = this.#giveOwed(lines, givenTo, start, given)
      const from = linesBefore(lines, start, this.#context, givenTo)
      // What is missing there is from the chunk before.
      if (from === 0 && givenTo === 0) given.push(lastLines(this.#before, this.#context - countLines(lines, 0, start)))
      given.push(lines.subarray(from, end))
      givenTo = end
      this.#owed = this.#context
      this.#before = none.lines
    }
    givenTo = this.#giveOwed(lines, givenTo, lines.length, given)
    const rest = lines.subarray(givenTo)
    this.#before = Buffer.from(lastLines(givenTo > 0 ? rest : Buffer.concat([this.#before, lines.subarray(linesBefore(lines, lines.length, this.#context, 0))]), this.#context))
    const gathered = Buffer.concat(given)
    return { lines: gathered, count: countLines(gathered, 0, gathered.length) }
  }

  /** Gives the lines that are owed after the last hit; tells up to where lines are given now. */
  #giveOwed (lines: Buffer, from: number, to: number, given: Buffer[]): number {
    let end = from
    for (; this.#owed > 0 && end < to; this.#owed--) end = afterLine(lines, end)
    if (end > from) given.push(lines.subarray(from, end))
    return end
  }
}

/** Where the lines begin that come before the position, so many of them, but not before `from`. */
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
