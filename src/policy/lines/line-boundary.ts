// Finds where lines end in a buffer. A file is only ever cut after a newline, so no line is split between two files. In
// UTF-8 a newline's byte is never part of another character, so nothing needs decoding.

const newline = 0x0a

/** A line that is longer is written in parts as it comes, so that memory stays bounded. */
export const longLineBytes = 16 * 1024 * 1024

/** Whether the bytes end within a line, whose rest is still to come. */
export function endsWithinLine (bytes: Buffer): boolean {
  return bytes.length > 0 && bytes[bytes.length - 1] !== newline
}

/** Whether the bytes are the first part of a line that is written in parts. */
export function beginsLongLine (bytes: Buffer): boolean {
  return bytes.length >= longLineBytes && endsWithinLine(bytes)
}

/**
 * Returns how many bytes from the beginning are whole lines that fit into the room; 0 if the first line does not fit. The
 * buffer's end counts as the end of its last line.
 */
export function fittingBytes (lines: Buffer, roomBytes: number): number {
  if (lines.length <= roomBytes) return lines.length
  // An offset of -1 would count from the end.
  return roomBytes < 1 ? 0 : lines.lastIndexOf(newline, roomBytes - 1) + 1
}

/**
 * Returns how many bytes from the beginning are whole lines within the limit, or the first line's length if that is longer.
 */
export function leadingLinesBytes (lines: Buffer, bytesMax: number): number {
  const bytes = fittingBytes(lines, bytesMax)
  return bytes === 0 ? firstLineBytes(lines) : bytes
}

/** The length of the first line with its newline. */
export function firstLineBytes (lines: Buffer): number {
  const end = lines.indexOf(newline)
  return end === -1 ? lines.length : end + 1
}

/** The index after the last newline of a chunk; 0 if it has none. */
export function wholeLinesEnd (chunk: Buffer): number {
  return chunk.lastIndexOf(newline) + 1
}

/** Where the line with that byte begins. */
export function lineStart (lines: Buffer, offset: number): number {
  return offset === 0 ? 0 : lines.lastIndexOf(newline, offset - 1) + 1
}

/**
 * Where the line's text begins. Editors and shells of Windows write a UTF-8 byte order mark at a file's beginning, which is
 * no part of its first line's JSON.
 */
export function afterByteOrderMark (lines: Buffer, lineFrom: number): number {
  return lines[lineFrom] === 0xef && lines[lineFrom + 1] === 0xbb && lines[lineFrom + 2] === 0xbf ? lineFrom + 3 : lineFrom
}

/** The number of lines in a buffer, including an unterminated last one. */
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
