// Prints lines for `cat`, as they are or with pino-pretty, and no more than requested.
import type { LineBatch } from '../../../reading/lines/line-assembler.js'
import type { ReadEvent, Trouble } from '../../../reading/lines/line-reader.js'
import { giveBack } from '../../../reading/scan/memory-return.js'
import type { Call } from '../../call/command.js'
import type { Face } from '../../terminal/face.js'
import { prettyPrinter } from '../../terminal/pretty.js'
import { describeTrouble } from '../../screen/trouble.js'

const newline = 0x0a

export class LinePrinter {
  readonly #face: Face
  readonly #pretty: ((lines: Buffer) => string) | null
  readonly #stop: () => void
  /** How many lines may still be printed. */
  #left: number
  hasTrouble = false

  private constructor (face: Face, pretty: ((lines: Buffer) => string) | null, head: number | null, stop: () => void) {
    this.#face = face
    this.#pretty = pretty
    this.#stop = stop
    this.#left = head ?? Infinity
  }

  /** `stop` is called when all requested lines are printed. */
  static async of ({ face, flags }: Call, head: number | null, stop: () => void): Promise<LinePrinter> {
    return new LinePrinter(face, flags.has('pretty') ? await prettyPrinter(face) : null, head, stop)
  }

  /** Whether all requested lines are printed. */
  get isFull (): boolean {
    return this.#left <= 0
  }

  /** Says which lines are missing. */
  readonly trouble = (trouble: Trouble): void => {
    this.hasTrouble = true
    this.#face.say(describeTrouble(trouble))
  }

  /** Prints a batch, or as much of it as is still requested. */
  async print ({ lines, count, endsLine = false, isSole = false }: LineBatch): Promise<void> {
    const wanted = count <= this.#left ? lines : firstLines(lines, this.#left + Number(endsLine))
    this.#left -= count
    await this.#face.out.write(this.#pretty === null ? wanted : this.#pretty(wanted))
    if (isSole) giveBack(lines)
    if (this.isFull) this.#stop()
  }

  /** Prints until the events end, or all requested lines are printed. */
  async printAll (events: AsyncIterable<ReadEvent>): Promise<void> {
    for await (const event of events) {
      if (event.kind === 'trouble') this.trouble(event.trouble)
      else await this.print(event.batch)
      if (this.isFull) return
    }
  }

  async printMerged (batches: AsyncIterable<Buffer>): Promise<void> {
    for await (const lines of batches) {
      await this.print({ lines, count: countLines(lines) })
      if (this.isFull) return
    }
  }

  /** Prints the last lines, at most that many. */
  async printLast (batches: AsyncIterable<Buffer>, count: number): Promise<void> {
    const all: Buffer[] = []
    for await (const lines of batches) all.push(lines)
    const lines = Buffer.concat(all)
    const surplus = Math.max(0, countLines(lines) - count)
    const rest = lines.subarray(firstLines(lines, surplus).length)
    await this.print({ lines: rest, count: Math.min(count, countLines(rest)) })
  }

  /** The lines of events, for a merge. Missing lines are reported as they are met. */
  async * linesOf (events: AsyncIterable<ReadEvent>): AsyncGenerator<Buffer, void> {
    for await (const event of events) {
      if (event.kind === 'trouble') this.trouble(event.trouble)
      else yield event.batch.lines.subarray(Number(event.batch.endsLine ?? false)) // the merge ends the line itself
    }
  }
}

function firstLines (lines: Buffer, count: number): Buffer {
  let end = 0
  for (let left = count; left > 0 && end < lines.length; left--) {
    const found = lines.indexOf(newline, end)
    end = found === -1 ? lines.length : found + 1
  }
  return lines.subarray(0, end)
}

function countLines (lines: Buffer): number {
  let count = lines.length > 0 && lines.at(-1) !== newline ? 1 : 0
  for (let at = lines.indexOf(newline); at !== -1; at = lines.indexOf(newline, at + 1)) count++
  return count
}
