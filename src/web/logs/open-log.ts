// A log that is open for one request: its files, oldest first, and the places of cursors in them.
import { availableParallelism } from 'node:os'
import type { LineQuery } from '../../policy/filters/line-scan.js'
import { checkedBytesMax, findPlace, formatLineCursor, lineChecksum, type LineCursor } from '../../policy/lines/line-cursor.js'
import { LineReader, type ReadRequest } from '../../reading/lines/line-reader.js'
import { sourcesOfLog, type LogSources } from '../../reading/lines/log-sources.js'
import type { LineSource } from '../../reading/lines/line-source.js'
import { RequestError } from '../server/request-error.js'
import type { WorkGate } from '../server/work-gate.js'
import { withoutNewline } from '../api/shown-line.js'
import type { WebLog } from './web-log.js'

export interface OpenLog {
  readonly files: LogSources
  /** Oldest first, the active file last. */
  readonly sources: readonly LineSource[]
}

/** What a request that reads is bound by. */
export interface Reader {
  readonly gate: Pick<WorkGate, 'isShared'>
  readonly signal: AbortSignal
}

/** The place of a line. */
export interface LinePlace {
  /** Of its source. */
  readonly index: number
  readonly offset: number
  /** Where the next line begins. It is the same as `offset` for a place without a line. */
  readonly endOffset: number
}

/** A request that is alone may take as many threads. Beside another one it takes one, because each thread takes memory. */
const threadsMax = 2

/** Opens a log for a query, and closes it after the work. */
export async function withLog<Result> (log: WebLog, { window, timeKeys }: Pick<LineQuery, 'window' | 'timeKeys'>, work: (open: OpenLog) => Promise<Result>): Promise<Result> {
  const files = await sourcesOfLog(log, window, timeKeys)
  try {
    return await work({ files, sources: [...files.archived, ...files.active === null ? [] : [files.active.source]] })
  } finally {
    await files.close()
  }
}

/** The request of a reader for a query. */
export function readRequest (query: LineQuery, { gate, signal }: Reader): ReadRequest {
  return { ...query, context: 0, threads: gate.isShared ? 1 : Math.min(threadsMax, availableParallelism()), signal }
}

/** Finds the line of a cursor. Throws a RequestError if it is kept no more. */
export async function placeOf ({ sources }: OpenLog, cursor: LineCursor, request: ReadRequest): Promise<LinePlace> {
  for (const index of placesToTry(sources, cursor)) {
    const source = sources[index]
    if (source === undefined) continue
    if (cursor.checksum === null) return { index, offset: cursor.offset, endOffset: cursor.offset }
    const line = await lineAt(source, cursor.offset, request)
    if (line !== null && lineChecksum(withoutNewline(line)) === cursor.checksum) return { index, offset: cursor.offset, endOffset: cursor.offset + line.length }
  }
  throw new RequestError(410, 'gone', 'this line is kept no more: retention removed its file, or the file was replaced')
}

/** Where the log ends. A line that is still being written is left out until it is complete. */
export interface LogEnd {
  /** In bytes of the active file's lines; Infinity if there is no active file. */
  readonly offset: number
  /** Of the log's last line, wanted or not: everything later is new. Null if there is no active file. */
  readonly cursor: string | null
}

/** Finds where the log ends now. */
export async function endOfLog ({ files: { active } }: OpenLog): Promise<LogEnd> {
  const file = active?.source.place
  if (active === null || file === undefined) return { offset: Infinity, cursor: null }
  const end = await active.held.endOfLines()
  if (end === 0) return { offset: 0, cursor: formatLineCursor({ file, offset: 0, checksum: null }) }
  const { offset, begin } = await active.held.lineThatEnds(end, checkedBytesMax)
  return { offset: end, cursor: formatLineCursor({ file, offset, checksum: lineChecksum(begin) }) }
}

// Other tools rename their files with every rotation.
function placesToTry (sources: readonly LineSource[], cursor: LineCursor): number[] {
  const index = findPlace(sources.map(({ place }) => place), cursor)
  const foreign = cursor.file.kind === 'foreign' && cursor.checksum !== null
    ? [...sources.keys()].filter((other) => other !== index && sources[other]?.place?.kind === 'foreign')
    : []
  return [...index === -1 ? [] : [index], ...foreign]
}

async function lineAt (source: LineSource, offset: number, { timeKeys, signal }: ReadRequest): Promise<Buffer | null> {
  const request = { conditions: [], window: null, timeKeys, context: 0, threads: 0, signal }
  for await (const event of new LineReader([{ ...source, selection: 'whole', fromOffset: offset }], request).readPlaces()) {
    if (event.kind === 'trouble') continue
    const [first] = event.lines
    if (first !== undefined) return first.offset === offset ? first.bytes : null
  }
  return null
}
