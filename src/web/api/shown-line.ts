// A line as the API gives it: its text, and the cursor that names it.
import { formatLineCursor, lineChecksum, type FilePlace } from '../../policy/lines/line-cursor.js'
import type { PlacedLine } from '../../reading/lines/placed-lines.js'
import type { LogLine } from '../answer-shapes.js'

/** The rest of a longer line is not sent. */
const textBytesMax = 64 * 1024
const newline = 0x0a

export function withoutNewline (line: Buffer): Buffer {
  return line.at(-1) === newline ? line.subarray(0, -1) : line
}

function cursorOfLine (file: FilePlace, { offset, bytes }: PlacedLine): string {
  return formatLineCursor({ file, offset, checksum: lineChecksum(withoutNewline(bytes)) })
}

/** Makes the line of an answer. */
export function shownLine (file: FilePlace, line: PlacedLine): LogLine {
  const text = withoutNewline(line.bytes)
  const isCut = text.length > textBytesMax
  return { cursor: cursorOfLine(file, line), text: text.toString('utf8', 0, textBytesMax), ...isCut && { isCut } }
}
