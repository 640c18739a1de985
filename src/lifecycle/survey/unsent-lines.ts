// Counts the lines that are not sent yet, for `status`. It reads a bounded part of them and estimates the rest.
import type { Settings } from '../../options/settings.js'
import type { Cursor } from '../../policy/forwarding/cursor.js'
import { lineTime } from '../../policy/lines/line-time.js'
import type { LogName } from '../../policy/names/archive-name.js'
import { CursorSource } from '../../reading/cursor-source.js'

export interface Unsent {
  readonly lines: number
  /** The time of the first one; null if it has none, or if there is no line. */
  readonly firstMs: number | null
}

const countedBytesMax = 16 * 1024 * 1024
const newline = 0x0a
const still = { now: () => 0, monotonic: () => 0 }

/** Counts the lines after the cursor. `bytes` is how many bytes of lines there are; null if that is not known. */
export async function countUnsent (log: LogName, settings: Settings, cursor: Cursor, bytes: number | null): Promise<Unsent> {
  const enough = new AbortController()
  let lines = 0
  let countedBytes = 0
  let firstMs: number | null = null
  const source = new CursorSource({ log, settings, clock: still, onGap: () => {}, graceMs: 0 })
  const count = (batch: { readonly lines: Buffer }): void => {
    if (countedBytes === 0) firstMs = lineTime(firstLine(batch.lines))
    lines += countLines(batch.lines)
    countedBytes += batch.lines.length
    if (countedBytes >= countedBytesMax) enough.abort()
    enough.signal.throwIfAborted()
  }
  await source.readOn(cursor, async (batch) => { await Promise.resolve(batch).then(count) }, enough.signal).catch((error: unknown) => { if (!enough.signal.aborted) throw error })
  const isAll = countedBytes < countedBytesMax || bytes === null
  return { lines: isAll ? lines : Math.round(lines * Math.max(1, bytes / countedBytes)), firstMs }
}

function firstLine (lines: Buffer): Buffer {
  const end = lines.indexOf(newline)
  return end === -1 ? lines : lines.subarray(0, end)
}

function countLines (lines: Buffer): number {
  let count = 0
  for (let at = lines.indexOf(newline); at !== -1; at = lines.indexOf(newline, at + 1)) count++
  return lines.at(-1) === newline ? count : count + 1
}
