// Reads lines backwards from a place in a log, with the place of each. It unpacks no more than is needed to find them.
import { poolFor, type ScanPool } from '../scan/scan-pool.js'
import type { Found } from '../scan/scan-task.js'
import { LineReader, type ReadRequest, type Trouble } from './line-reader.js'
import { scanBackwards, tasksBackwards } from './last-lines.js'
import type { LineSource, OpenSource } from './line-source.js'
import { placedLines, type PlacedLine } from './placed-lines.js'

export interface LastPlacesRequest extends ReadRequest {
  /** The most lines. */
  readonly countMax: number
  /** Only lines that begin before this byte of the last source's lines. */
  readonly toOffset: number
  /** Called as reading goes on. Reading stops when it returns false. */
  readonly goesOn: (progress: Reading) => boolean
  /** Called with what each source has, newest source first. */
  readonly take: (found: FoundPlaces) => Promise<void>
  readonly trouble: (trouble: Trouble) => void
}

/** Lines of one source, oldest first. */
export interface FoundPlaces {
  readonly source: LineSource
  readonly lines: readonly PlacedLine[]
}

/** How far reading has come in a source. */
export interface Reading {
  readonly source: LineSource
  /** The first byte of lines that was read. */
  readonly at: number
  readonly foundLines: number
  /** Of the lines that were found and not handed over yet. */
  readonly heldBytes: number
}

/** A place in a log. */
export interface Stop {
  readonly source: LineSource
  readonly at: number
}

/** Finds the last matching lines before the place. Resolves to how far it read; null if it read everything. */
export async function lastPlaces (sources: readonly LineSource[], request: LastPlacesRequest): Promise<Stop | null> {
  const { conditions, window, timeKeys, threads } = request
  const pool = poolFor({ conditions, window, timeKeys, give: 'places', grouping: null }, conditions.length === 0 ? 0 : threads)
  try {
    return await searchedBackwards(sources, request, pool)
  } finally {
    await pool.close()
  }
}

async function searchedBackwards (sources: readonly LineSource[], request: LastPlacesRequest, pool: ScanPool): Promise<Stop | null> {
  let count = 0
  for (const [index, source] of [...sources].reverse().entries()) {
    request.signal.throwIfAborted()
    if (source.selection === 'skip') continue
    const toOffset = index === 0 ? request.toOffset : Infinity
    const { lines, nextAt } = await readOne(source, { ...request, toOffset, countMax: request.countMax - count }, count, pool)
    count += lines.length
    if (lines.length > 0) await request.take({ source, lines })
    if (nextAt !== null) return { source, at: nextAt }
    const goesOn = request.goesOn({ source, at: 0, foundLines: count, heldBytes: 0 }) && count < request.countMax
    if (!goesOn) return index === sources.length - 1 ? null : { source, at: 0 }
  }
  return null
}

interface ReadOne {
  readonly lines: readonly PlacedLine[]
  /** Where the next search goes on, before this byte; null if the source was read to its beginning. */
  readonly nextAt: number | null
}

async function readOne (source: LineSource, request: LastPlacesRequest, foundBefore: number, pool: ScanPool): Promise<ReadOne> {
  let open: OpenSource | null = null
  try {
    open = await source.open()
    if (open === null) return { lines: [], nextAt: null }
    return await readBackwards(source, open, request, foundBefore, pool) ?? await readForwards(source, request)
  } catch (error) {
    request.signal.throwIfAborted()
    if (isOfQuery(error)) throw error
    request.trouble({ kind: 'unreadable', source, error })
    return { lines: [], nextAt: null }
  } finally {
    await open?.close()
  }
}

// The expression is to blame, not the file.
function isOfQuery (error: unknown): boolean {
  return (error as Partial<Error> | null)?.name === 'PatternTimeoutError'
}

async function readBackwards (source: LineSource, open: OpenSource, request: LastPlacesRequest, foundBefore: number, pool: ScanPool): Promise<ReadOne | null> {
  const { toOffset, countMax, signal } = request
  const tasks = tasksBackwards(open, source, request, toOffset)
  if (tasks === null) return null
  let stoppedAt: number | null = null
  let sureLines = 0
  let heldBytes = 0
  const scans = await scanBackwards(tasks, pool, Infinity, signal, ({ found, at }) => {
    sureLines += linesBefore(toOffset, found, at, false).length
    heldBytes += found.bytes.length
    const goesOn = request.goesOn({ source, at, foundLines: foundBefore + sureLines, heldBytes }) && sureLines < countMax
    if (!goesOn) stoppedAt = at
    return goesOn
  })
  if (scans === null) return null
  let isWanted = true
  const lines: PlacedLine[] = []
  for (const { found, at, followsWanted } of scans) {
    isWanted = followsWanted ?? isWanted
    for (const line of linesBefore(toOffset, found, at, isWanted)) lines.push(line)
    isWanted = found.endsWanted ?? isWanted
  }
  const given = lines.slice(-countMax)
  return { lines: given, nextAt: lines.length >= countMax ? given[0]?.offset ?? null : stoppedAt }
}

function linesBefore (toOffset: number, found: Found, at: number, isOpenWanted: boolean): PlacedLine[] {
  return placedLines(found, at, isOpenWanted).filter(({ offset }) => offset < toOffset)
}

// A file without blocks, or one that is not what its headers say.
async function readForwards (source: LineSource, request: LastPlacesRequest): Promise<ReadOne> {
  const { toOffset, countMax, trouble } = request
  let lines: PlacedLine[] = []
  for await (const event of new LineReader([source], request).readPlaces()) {
    if (event.kind === 'trouble') trouble(event.trouble)
    else {
      const before = event.lines.filter(({ offset }) => offset < toOffset).map(({ offset, bytes }) => ({ offset, bytes: Buffer.from(bytes) }))
      lines = before.length >= countMax ? before.slice(-countMax) : [...lines, ...before].slice(-countMax)
      if (event.lines.some(({ offset }) => offset >= toOffset)) break
    }
  }
  return { lines, nextAt: lines.length >= countMax ? lines[0]?.offset ?? null : null }
}
