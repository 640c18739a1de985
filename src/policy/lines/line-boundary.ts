// Where lines end in a buffer. A file is only ever cut after a newline, so that no line is split between two files.
// A newline's byte is never part of another character in UTF-8: bytes are enough, nothing is decoded.

const newline = 0x0a

/**
 * How many leading bytes of a buffer of lines are whole lines and fit into the room; 0 where not even the first fits.
 * The buffer's end counts as the end of its last line.
 */
export function fittingBytes (lines: Buffer, roomBytes: number): number {
  if (lines.length <= roomBytes) return lines.length
  // An offset of -1 would count from the end.
  return roomBytes < 1 ? 0 : lines.lastIndexOf(newline, roomBytes - 1) + 1
}

/** How many leading bytes are whole lines and no more than the bound; the first line where that is longer. */
export function leadingLinesBytes (lines: Buffer, bytesMax: number): number {
  const bytes = fittingBytes(lines, bytesMax)
  return bytes === 0 ? firstLineBytes(lines) : bytes
}

/** The length of the first line, its newline included. */
export function firstLineBytes (lines: Buffer): number {
  const end = lines.indexOf(newline)
  return end === -1 ? lines.length : end + 1
}

/** The index after the last newline of a chunk; 0 where it has none. */
export function wholeLinesEnd (chunk: Buffer): number {
  return chunk.lastIndexOf(newline) + 1
}

/** Where the line begins that the byte at the offset belongs to. */
export function lineStart (lines: Buffer, offset: number): number {
  return offset === 0 ? 0 : lines.lastIndexOf(newline, offset - 1) + 1
}

/** How many lines a buffer holds, an unterminated last one included. */
export function countLines (lines: Buffer): number {
  let count = 0
  let start = 0
  while (start < lines.length) {
    const end = lines.indexOf(newline, start)
    start = end === -1 ? lines.length : end + 1
    count++
  }
  return count
}
