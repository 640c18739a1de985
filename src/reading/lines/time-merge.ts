// Merges the lines of several logs by their times. A line without a time stays behind the line before it.
import { lineTimeAt } from '../../policy/lines/line-time.js'

const newline = 0x0a
const lineFeed = Buffer.from('\n')
const outputBytes = 256 * 1024

/** Merges logs. Each one is a sequence of batches of its lines in order. Yields batches of whole lines. */
export async function * mergedByTime (logs: ReadonlyArray<AsyncIterator<Buffer, unknown>>, timeKeys: readonly string[]): AsyncGenerator<Buffer, void> {
  const cursors = logs.map((batches) => new Cursor(batches, timeKeys))
  let gathered: Buffer[] = []
  let gatheredBytes = 0
  try {
    await Promise.all(cursors.map(async (cursor) => { await cursor.step() }))
    for (let left = cursors.filter(({ line }) => line !== null); left.length > 0; left = left.filter(({ line }) => line !== null)) {
      const earliest = left.reduce((a, b) => b.atMs < a.atMs ? b : a)
      const othersFromMs = left.reduce((leastMs, cursor) => cursor === earliest ? leastMs : Math.min(leastMs, cursor.atMs), Infinity)
      for (let { line } = earliest; line !== null && earliest.atMs <= othersFromMs; { line } = earliest) {
        gathered.push(line)
        gatheredBytes += line.length
        await earliest.step()
        if (gatheredBytes < outputBytes) continue
        yield Buffer.concat(gathered)
        gathered = []
        gatheredBytes = 0
      }
    }
    if (gatheredBytes > 0) yield Buffer.concat(gathered)
  } finally {
    for (const batches of logs) await batches.return?.()
  }
}

class Cursor {
  /** The next line; null if there is none. */
  line: Buffer | null = null
  /** The time of the next line, or of the last line before it with a time. */
  atMs = -Infinity
  readonly #batches: AsyncIterator<Buffer, unknown>
  readonly #timeKeys: readonly string[]
  #batch: Buffer = Buffer.alloc(0)
  #position = 0

  constructor (batches: AsyncIterator<Buffer, unknown>, timeKeys: readonly string[]) {
    this.#batches = batches
    this.#timeKeys = timeKeys
  }

  async step (): Promise<void> {
    while (this.#position >= this.#batch.length) {
      const next = await this.#batches.next()
      if (next.done === true) {
        this.line = null
        return
      }
      this.#batch = next.value
      this.#position = 0
    }
    const found = this.#batch.indexOf(newline, this.#position)
    const end = found === -1 ? this.#batch.length : found
    this.atMs = lineTimeAt(this.#batch, this.#position, end, this.#timeKeys) ?? this.atMs
    // Another log's line may come next.
    this.line = found === -1 ? Buffer.concat([this.#batch.subarray(this.#position), lineFeed]) : this.#batch.subarray(this.#position, end + 1)
    this.#position = end + 1
  }
}
