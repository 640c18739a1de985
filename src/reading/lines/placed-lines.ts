// Lines with their places in a file, out of the result of a scan.
import { asBuffer, type Found } from '../scan/scan-task.js'

/** A line with its place. */
export interface PlacedLine {
  /** Where it begins, in bytes of the file's lines. */
  readonly offset: number
  /** Its bytes, with its newline if it has one. Of a very long line, only the beginning. */
  readonly bytes: Buffer
}

const newline = 0x0a

/** The lines of a chunk that begins at the place, without those before `fromOffset`. */
export function placedLines ({ bytes, ranges, openBytes }: Found, at: number, isOpenWanted: boolean, fromOffset = 0): PlacedLine[] {
  const chunk = asBuffer(bytes)
  const lines: PlacedLine[] = []
  const wantedFrom = isOpenWanted ? 0 : openBytes
  let position = 0
  for (let index = 0; index < ranges.length; index += 2) {
    const [from = 0, to = 0] = [ranges[index], ranges[index + 1]]
    const rangeAt = position
    const rangeEnd = position + to - from
    while (position < rangeEnd) {
      const end = lineEnd(chunk, position, rangeEnd)
      const offset = at + from + position - rangeAt
      if (position >= wantedFrom && offset >= fromOffset) lines.push({ offset, bytes: chunk.subarray(position, end) })
      position = end
    }
  }
  return lines
}

function lineEnd (chunk: Buffer, position: number, end: number): number {
  const found = chunk.indexOf(newline, position)
  return found === -1 || found >= end ? end : found + 1
}
