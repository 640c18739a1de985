// Byte order marks in the midst of lines: where files were joined, each brought its own. DuckDB takes a line behind one for no JSON,
// unless it is the first of a file.
import { markerBytesMax, parseMarker } from '../../../disk/bundle/bundle-marker.js'
import { readFrom } from '../../../disk/open-file.js'

const mark = Buffer.from('\ufeff')
const markedLine = Buffer.from('\n\ufeff')

/** Whether marks may stand in the midst of the file's lines. A gzip file is unpacked only to learn this if it is a bundle of others. */
export async function mayHoldMarks (path: string, signal: AbortSignal): Promise<boolean> {
  signal.throwIfAborted()
  return await readFrom(path, async (file) => {
    if (path.endsWith('.gz')) return parseMarker(await file.read(0, markerBytesMax)) !== null
    let end = Buffer.alloc(0)
    for await (const chunk of file.chunks()) {
      signal.throwIfAborted()
      if (chunk.includes(markedLine) || Buffer.concat([end, chunk.subarray(0, mark.length)]).includes(markedLine)) return true
      end = Buffer.from(chunk.subarray(-mark.length))
    }
    return false
  })
}

/** Gives the lines in pieces, without the marks before them. */
export function * withoutMarks (lines: Buffer): Generator<Buffer, void> {
  let from = lines.subarray(0, mark.length).equals(mark) ? mark.length : 0
  for (let at = lines.indexOf(markedLine, from); at !== -1; at = lines.indexOf(markedLine, from)) {
    yield lines.subarray(from, at + 1)
    from = at + markedLine.length
  }
  yield lines.subarray(from)
}
