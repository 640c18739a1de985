// Reads lines from sources in their order. `cat`, `query`, the web page and forwarding share it. Several blocks are unpacked
// and searched at a time, and the results are returned in order. Memory is bounded, however large files and lines are.
import { LineGrouping, type Grouping } from '../../policy/filters/line-grouping.js'
import { lineTimeAt } from '../../policy/lines/line-time.js'
import { queryOf, ScanPass, type PassEvent, type ReadRequest, type Trouble } from '../scan/scan-pass.js'
import { poolFor } from '../scan/scan-pool.js'
import { LineAssembler, type LineBatch } from './line-assembler.js'
import type { LineSource } from './line-source.js'
import { placedLines, type PlacedLine } from './placed-lines.js'

export type { ReadRequest, Trouble }

export type ReadEvent =
  | { readonly kind: 'lines', readonly source: LineSource, readonly batch: LineBatch }
  | { readonly kind: 'trouble', readonly trouble: Trouble }

export type PlacesEvent =
  | { readonly kind: 'places', readonly source: LineSource, readonly lines: readonly PlacedLine[] }
  | Extract<ReadEvent, { kind: 'trouble' }>

export interface LineCounts {
  readonly lines: number
  readonly groups: ReadonlyMap<string, number>
}

export class LineReader {
  readonly #sources: Iterable<LineSource>
  readonly #request: ReadRequest
  /** What is known after the lines that were read. */
  readonly assembler: LineAssembler

  constructor (sources: Iterable<LineSource>, request: ReadRequest) {
    this.#sources = sources
    this.#request = request
    this.assembler = new LineAssembler(request.context)
  }

  /** Whether times mattered, and no line had one. Known once everything is read. */
  get lacksTimes (): boolean {
    return this.assembler.lacksTimes
  }

  /** Yields the matching lines, batch by batch, and the problems of their sources. */
  async * read (): AsyncGenerator<ReadEvent, void> {
    for await (const event of this.#events('lines', null)) {
      switch (event.kind) {
        case 'trouble':
          yield event
          break
        case 'found':
          yield * batchOf(event.source, this.assembler.take(event.found))
          break
        case 'part': {
          const { source, bytes, isFirst } = event
          yield * batchOf(source, this.assembler.takePart(bytes, isFirst, isFirst ? this.#isOfWindow(bytes, source) : null))
        }
      }
    }
  }

  /** Yields the matching lines with their places, chunk by chunk, also for a chunk without any. */
  async * readPlaces (): AsyncGenerator<PlacesEvent, void> {
    for await (const event of this.#events('places', null)) {
      switch (event.kind) {
        case 'trouble':
          yield event
          break
        case 'found':
          yield { kind: 'places', source: event.source, lines: placedLines(event.found, event.at, this.assembler.goOn(event.found), event.source.fromOffset ?? 0) }
          break
        case 'part': {
          const { source, bytes, isFirst, at } = event
          const isWanted = isFirst && at >= (source.fromOffset ?? 0) && this.assembler.takePart(bytes, true, this.#isOfWindow(bytes, source)).count > 0
          yield { kind: 'places', source, lines: isWanted ? [{ offset: at, bytes }] : [] }
        }
      }
    }
  }

  /** Counts the matching lines, by groups if a grouping is given. */
  async count (grouping: Grouping | null, groupsMax: number, trouble: (trouble: Trouble) => void): Promise<LineCounts> {
    const groups = new Map<string, number>()
    const ofLongLines = grouping === null ? null : new LineGrouping(grouping, this.#request.timeKeys)
    let lines = 0
    for await (const event of this.#events('counts', grouping)) {
      if (event.kind === 'trouble') trouble(event.trouble)
      else if (event.kind === 'found') {
        const counts = this.assembler.count(event.found)
        lines += counts.lines
        for (const [group, count] of counts.groups) groups.set(group, (groups.get(group) ?? 0) + count)
        if (groups.size > groupsMax) throw new TooManyGroupsError(groupsMax)
      } else if (event.isFirst) {
        const { count } = this.assembler.takePart(event.bytes, true, this.#isOfWindow(event.bytes, event.source))
        lines += count
        const group = count === 0 ? undefined : ofLongLines?.groupOfBeginning(event.bytes)
        if (group !== undefined) groups.set(group, (groups.get(group) ?? 0) + count)
      }
    }
    return { lines, groups }
  }

  async * #events (give: 'lines' | 'places' | 'counts', grouping: Grouping | null): AsyncGenerator<PassEvent, void> {
    const { context, threads, signal } = this.#request
    const pool = poolFor({ ...queryOf(this.#request), give: context > 0 && give === 'lines' ? 'chunks' : give, grouping }, threads)
    try {
      for await (const event of new ScanPass(this.#sources, this.#request, this.assembler, pool).events()) {
        signal.throwIfAborted()
        yield event
      }
    } finally {
      await pool.close()
    }
  }

  #isOfWindow (line: Buffer, { selection }: LineSource): boolean | null {
    const { window, timeKeys } = this.#request
    if (window === null || selection === 'whole') return true
    const atMs = lineTimeAt(line, 0, line.length, timeKeys)
    return atMs === null ? null : atMs >= window.sinceMs && atMs <= window.untilMs
  }
}

/** A field has too many different values for counting lines by it. */
class TooManyGroupsError extends Error {
  override readonly name = 'TooManyGroupsError'

  constructor (groupsMax: number) {
    super(`there are more than ${groupsMax} different values: count by a field with fewer, or narrow the lines down`)
  }
}

function * batchOf (source: LineSource, batch: LineBatch): Generator<ReadEvent, void> {
  if (batch.lines.length > 0) yield { kind: 'lines', source, batch }
}
