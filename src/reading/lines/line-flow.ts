// Filters lines that arrive piece by piece, such as those of a followed log.
import type { Selection } from '../../policy/filters/line-window.js'
import { lineTimeAt } from '../../policy/lines/line-time.js'
import { poolFor, type ScanPool } from '../scan/scan-pool.js'
import { LineAssembler, type LineBatch } from './line-assembler.js'
import { LineCutter, type Cut } from './line-cutter.js'
import type { ReadRequest } from './line-reader.js'

/** A receiver of files in pieces. */
export interface PieceTaker {
  readonly add: (piece: Buffer) => Promise<void>
  /** Takes whole lines of a file that has ended. */
  readonly addLate: (lines: Buffer) => Promise<void>
  /** Ends a file. Another follows. */
  readonly endFile: () => Promise<void>
  /** Ends a file that breaks off. The cut line is dropped. */
  readonly breakOff: () => Promise<void>
}

export class LineFlow implements PieceTaker {
  readonly #request: ReadRequest
  readonly #give: (batch: LineBatch) => Promise<void>
  readonly #cutter: LineCutter
  /** The file that is read may end in the middle of a line meanwhile. */
  readonly #lateCutter: LineCutter
  #assembler: LineAssembler
  readonly #pool: ScanPool

  constructor (request: ReadRequest, give: (batch: LineBatch) => Promise<void>) {
    const { conditions, window, timeKeys, context, threads } = request
    this.#request = request
    this.#give = give
    this.#cutter = new LineCutter(conditions.length > 0)
    this.#lateCutter = new LineCutter(conditions.length > 0)
    this.#assembler = new LineAssembler(context)
    this.#pool = poolFor({ conditions, window, timeKeys, give: context > 0 ? 'chunks' : 'lines', grouping: null }, threads)
  }

  /** Sets what is known about the following lines. */
  beginFile (selection: Selection): void {
    this.#assembler.beginFile(selection)
  }

  /** Makes the next line follow the lines of a reader, so that lines around hits are found on both sides. */
  goOnAfter (assembler: LineAssembler): void {
    this.#assembler = assembler
  }

  async add (piece: Buffer): Promise<void> {
    await this.#take(this.#cutter.add(piece))
  }

  async addLate (lines: Buffer): Promise<void> {
    await this.#take(this.#lateCutter.add(lines))
    await this.#take(this.#lateCutter.end())
  }

  async endFile (): Promise<void> {
    await this.#take(this.#cutter.end())
  }

  async breakOff (): Promise<void> {
    await Promise.resolve(this.#cutter.breakOff())
  }

  async close (): Promise<void> {
    await this.#pool.close()
  }

  async #take (cuts: Iterable<Cut>): Promise<void> {
    const { window } = this.#request
    for (const cut of cuts) {
      if (cut.kind === 'lines') {
        const answer = await this.#pool.run({ kind: 'lines', lines: cut.lines, ofAnyTime: window === null })
        if (answer.kind === 'found') await this.#pass(this.#assembler.take(answer))
      } else if (cut.kind === 'part') await this.#pass(this.#assembler.takePart(cut.bytes, cut.isFirst, cut.isFirst ? this.#isOfWindow(cut.bytes) : null))
    }
  }

  async #pass (batch: LineBatch): Promise<void> {
    if (batch.lines.length > 0) await this.#give(batch)
  }

  #isOfWindow (line: Buffer): boolean | null {
    const { window, timeKeys } = this.#request
    const atMs = lineTimeAt(line, 0, line.length, timeKeys)
    return window === null ? true : atMs === null ? null : atMs >= window.sinceMs && atMs <= window.untilMs
  }
}
