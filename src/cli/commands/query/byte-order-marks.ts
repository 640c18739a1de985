// Byte order marks in the midst of lines: where files were joined, each brought its own. DuckDB takes a line behind one for no JSON,
// unless it is the first of a file.
import { constants, gunzipSync } from 'node:zlib'
import { markerBytesMax, parseMarker } from '../../../disk/bundle/bundle-marker.js'
import { readFrom } from '../../../disk/open-file.js'
import { inOnePiece } from '../../../platform/ending-gate.js'

const mark = Buffer.from('\ufeff')
const markedLine = Buffer.from('\n\ufeff')
/** Long enough for the headers of most gzip files and their first bytes of lines. */
const beginningBytes = 16 * 1024

/**
 * Whether marks may stand in the midst of the file's lines. Of a gzip file only the beginning is looked at: a bundle may hold some, and so
 * may a file that begins with a mark, since the files that were joined to it probably began with one too.
 */
export async function mayHoldMarks (path: string, signal: AbortSignal): Promise<boolean> {
  signal.throwIfAborted()
  return await readFrom(path, async (file) => {
    if (path.endsWith('.gz')) return parseMarker(await file.read(0, markerBytesMax)) !== null || beginsWithMark(await file.read(0, beginningBytes))
    let end = Buffer.alloc(0)
    for await (const chunk of file.chunks()) {
      signal.throwIfAborted()
      if (chunk.includes(markedLine) || Buffer.concat([end, chunk.subarray(0, mark.length)]).includes(markedLine)) return true
      end = Buffer.from(chunk.subarray(-mark.length))
    }
    return false
  })
}

function beginsWithMark (packed: Buffer): boolean {
  try {
    return inOnePiece(() => gunzipSync(packed, { finishFlush: constants.Z_SYNC_FLUSH })).subarray(0, mark.length).equals(mark)
  } catch {
    return false // A damaged file is reported when it is read.
  }
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
