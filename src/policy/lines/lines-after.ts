// Tells which lines were written after a certain point of a file, by their bytes.
import { firstLineBytes } from './line-boundary.js'

// The same line may stand before the offset as well. It counts as after it then, because twice is better than lost.
/** Returns those of the lines that stand in the bytes, at least in part, after the offset. */
export function linesAfter (lines: Buffer, bytes: Buffer, offset: number): Buffer {
  const found: Buffer[] = []
  for (let start = 0; start < lines.length;) {
    const line = lines.subarray(start, start + firstLineBytes(lines.subarray(start)))
    if (bytes.includes(line, Math.max(0, offset - line.length + 1))) found.push(line)
    start += line.length
  }
  return Buffer.concat(found)
}
