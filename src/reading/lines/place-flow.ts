// Filters the lines of one file that arrive piece by piece, and tells their places.
import { poolFor, type ScanPool } from '../scan/scan-pool.js'
import { LineCutter, type Cut } from './line-cutter.js'
import type { PieceTaker } from './line-flow.js'
import type { ReadRequest } from './line-reader.js'
import { placedLines, type PlacedLine } from './placed-lines.js'

export interface FlowStart {
  /** Where the first piece begins, in bytes of the file's lines. */
  readonly at: number
  /** Lines that begin before it are left out. */
  readonly fromOffset: number
}

export class PlaceFlow implements PieceTaker {
  readonly #request: ReadRequest
  readonly #give: (lines: readonly PlacedLine[]) => void
  readonly #cutter: LineCutter
  readonly #pool: ScanPool
  readonly #fromOffset: number

  constructor (request: ReadRequest, { at, fromOffset }: FlowStart, give: (lines: readonly PlacedLine[]) => void) {
    this.#give = give
    this.#fromOffset = fromOffset
    this.#request = request
    this.#cutter = new LineCutter(request.conditions.length > 0, at)
    this.#pool = this.#newPool()
  }

  #newPool (): ScanPool {
    const { conditions, timeKeys, threads } = this.#request
    return poolFor({ conditions, window: null, timeKeys, give: 'places', grouping: null }, threads)
  }

  async add (piece: Buffer): Promise<void> {
    for (const cut of this.#cutter.add(piece)) await this.#take(cut)
  }

  async addLate (lines: Buffer): Promise<void> {
    const pool = this.#newPool()
    for (const cut of [...this.#cutter.add(lines), ...this.#cutter.end()]) await this.#take(cut, pool)
    await pool.close()
  }

  async endFile (): Promise<void> {
    for (const cut of this.#cutter.end()) await this.#take(cut)
    await this.close()
  }

  async breakOff (): Promise<void> {
    await Promise.resolve(this.#cutter.breakOff())
  }

  async close (): Promise<void> {
    await this.#pool.close()
  }

  async #take (cut: Cut, pool = this.#pool): Promise<void> {
    if (cut.kind === 'lines') {
      const answer = await pool.run({ kind: 'lines', lines: cut.lines, ofAnyTime: true })
      if (answer.kind === 'found') this.#give(placedLines(answer, cut.at, true, this.#fromOffset))
    } else if (cut.kind === 'part' && cut.isFirst && cut.at >= this.#fromOffset) this.#give([{ offset: cut.at, bytes: cut.bytes }])
  }
}
