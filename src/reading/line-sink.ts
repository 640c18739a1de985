// The way of lines from files to the output: whole lines only, those outside the window left out, and each file's last line
// ended before the next file's first. Memory stays flat however large files, or single lines, are.
import { lineTime } from '../policy/lines/line-time.js'
import type { Window } from '../policy/lines/line-window.js'

type Write = (lines: Buffer) => Promise<void>

/** A longer line is passed on in parts; by then it is known whether it is wanted. */
const heldBytesMax = 1024 * 1024
const newline = Buffer.from('\n')
const nothing = Buffer.alloc(0)

export class LineSink {
  readonly #write: Write
  #window: Window | null = null
  #held: Buffer = nothing
  /** Whether the line under way is one of those in parts. */
  #isInParts = false
  /** Whether the line before was wanted: what says no time goes with it. */
  #isWanted = true

  constructor (write: Write) {
    this.#write = write
  }

  /** Begins a file. With a window, each of its lines is looked at; without one all are passed on. */
  beginFile (window: Window | null): void {
    this.#window = window
    if (window === null) this.#isWanted = true
  }

  /** Says that files were left out: what says no time and comes next went with their lines. */
  skipFile (): void {
    this.#isWanted = false
  }

  async add (piece: Buffer): Promise<void> {
    let rest = piece
    if (this.#isInParts) rest = await this.#endParts(piece)
    const linesEnd = rest.lastIndexOf(0x0a) + 1
    if (linesEnd > 0) {
      const lines = this.#held.length === 0 ? rest.subarray(0, linesEnd) : Buffer.concat([this.#held, rest.subarray(0, linesEnd)])
      this.#held = nothing
      await this.#pass(lines)
    }
    await this.#hold(rest.subarray(linesEnd))
  }

  /** Ends a file: its last line is passed on, ended if another file follows. */
  async endFile (isLast: boolean): Promise<void> {
    const line = this.#held
    const wasInParts = this.#isInParts
    this.#held = nothing
    this.#isInParts = false
    if (line.length > 0) await this.#pass(isLast ? line : Buffer.concat([line, newline]))
    else if (wasInParts && this.#isWanted && !isLast) await this.#write(newline)
  }

  /** Ends a file that breaks off: the line that is cut there is dropped. Tells its bytes. */
  async breakOff (): Promise<number> {
    const cutBytes = this.#held.length
    this.#held = nothing
    await this.endFile(false)
    return cutBytes
  }

  async #hold (part: Buffer): Promise<void> {
    if (part.length === 0) return
    // Copied, since the piece that it is part of is much larger or used again.
    this.#held = Buffer.concat([this.#held, part])
    if (this.#held.length <= heldBytesMax) return
    const start = this.#held
    this.#held = nothing
    this.#isWanted = this.#wants(start)
    this.#isInParts = true
    if (this.#isWanted) await this.#write(start)
  }

  async #endParts (piece: Buffer): Promise<Buffer> {
    const end = piece.indexOf(0x0a) + 1
    this.#isInParts = end === 0
    const partEnd = end === 0 ? piece.length : end
    if (this.#isWanted) await this.#write(piece.subarray(0, partEnd))
    return piece.subarray(partEnd)
  }

  async #pass (lines: Buffer): Promise<void> {
    if (this.#window === null) await this.#write(lines)
    else await this.#passWanted(lines)
  }

  async #passWanted (lines: Buffer): Promise<void> {
    let wantedFrom = this.#isWanted ? 0 : -1
    for (let start = 0; start < lines.length;) {
      const end = endOfLine(lines, start)
      const isWanted = this.#wants(lines.subarray(start, end))
      if (isWanted && wantedFrom === -1) wantedFrom = start
      if (!isWanted && wantedFrom !== -1) {
        if (start > wantedFrom) await this.#write(lines.subarray(wantedFrom, start))
        wantedFrom = -1
      }
      this.#isWanted = isWanted
      start = end
    }
    if (wantedFrom !== -1) await this.#write(lines.subarray(wantedFrom))
  }

  #wants (line: Buffer): boolean {
    if (this.#window === null) return true
    const atMs = lineTime(line)
    return atMs === null ? this.#isWanted : atMs >= this.#window.sinceMs && atMs <= this.#window.untilMs
  }
}

function endOfLine (lines: Buffer, start: number): number {
  const end = lines.indexOf(0x0a, start)
  return end === -1 ? lines.length : end + 1
}
