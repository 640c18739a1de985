// Byte order marks in the midst of lines: where files were joined, each brought its own. DuckDB takes a line behind one for no JSON,
// unless it is the first of a file.
import { constants, gunzipSync } from 'node:zlib'
import { markerBytesMax, parseMarker } from '../../../disk/bundle/bundle-marker.js'
import { readFrom, type OpenFile } from '../../../disk/open-file.js'
import { inOnePiece } from '../../../platform/ending-gate.js'
import { blockHeaderBytes } from '../../../policy/blocks/block-header.js'

const mark = Buffer.from('\ufeff')
const markedLine = Buffer.from('\n\ufeff')
const gzipStart = Buffer.from([0x1f, 0x8b, 8])
/** Long enough for most headers and the first bytes of lines. */
const beginningBytes = 1024
/** A file of more members is taken for one that holds marks. To look at them would take as long as to unpack it. */
const membersMax = 10_000

/**
 * Whether marks may stand in the midst of the file's lines. Of a gzip file only the beginnings of its members are looked at, since files
 * that were joined begin there. If one of them begins with a mark, others may stand in its midst. A bundle may hold some anywhere.
 */
export async function mayHoldMarks (path: string, signal: AbortSignal): Promise<boolean> {
  signal.throwIfAborted()
  return await readFrom(path, async (file) => path.endsWith('.gz') ? await mayHoldPackedMarks(file, signal) : await holdsMarks(file, signal))
}

async function holdsMarks (file: OpenFile, signal: AbortSignal): Promise<boolean> {
  let end = Buffer.alloc(0)
  for await (const chunk of file.chunks()) {
    signal.throwIfAborted()
    if (chunk.includes(markedLine) || Buffer.concat([end, chunk.subarray(0, mark.length)]).includes(markedLine)) return true
    end = Buffer.from(chunk.subarray(-mark.length))
  }
  return false
}

async function mayHoldPackedMarks (file: OpenFile, signal: AbortSignal): Promise<boolean> {
  if (parseMarker(await file.read(0, markerBytesMax)) !== null) return true
  let members = 0
  for await (const position of memberStarts(file)) {
    signal.throwIfAborted()
    if (++members > membersMax || beginsWithMark(await beginningAt(file, position))) return true
  }
  return false
}

/** Where members may begin: wherever bytes look like it. */
async function * memberStarts (file: OpenFile): AsyncGenerator<number, void> {
  let end = Buffer.alloc(0)
  let position = 0
  for await (const chunk of file.chunks()) {
    const bytes = Buffer.concat([end, chunk])
    for (let at = bytes.indexOf(gzipStart); at !== -1; at = bytes.indexOf(gzipStart, at + 1)) yield position - end.length + at
    position += chunk.length
    end = bytes.subarray(1 - gzipStart.length)
  }
}

async function beginningAt (file: OpenFile, position: number): Promise<Buffer> {
  const beginning = await file.read(position, beginningBytes)
  const headerBytes = blockHeaderBytes(beginning) ?? 0
  return headerBytes < beginningBytes / 2 ? beginning : await file.read(position, headerBytes + beginningBytes)
}

function beginsWithMark (packed: Buffer): boolean {
  try {
    return inOnePiece(() => gunzipSync(packed, { finishFlush: constants.Z_SYNC_FLUSH })).subarray(0, mark.length).equals(mark)
  } catch {
    return false // A damaged file is reported when it is read. Other bytes may look like a member.
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
