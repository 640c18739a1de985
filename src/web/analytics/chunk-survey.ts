// Surveys the chunks of a log: by the headers of blocks, and for other files by their lines. What is known about an archive is
// kept in memory, because archives do not change.
import { statSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { systemClock } from '../../clock.js'
import { BlockScan } from '../../policy/blocks/block-scan.js'
import { GzipHops } from '../../reading/lines/gzip-hops.js'
import type { LineSource, OpenSource } from '../../reading/lines/line-source.js'
import { portionsOf } from '../../reading/lines/portions.js'
import { asBuffer } from '../../reading/scan/scan-task.js'
import { usualTimeKeys } from '../../policy/lines/line-time.js'
import { chunkFacts, type ChunkFacts } from './chunk-facts.js'
import { isLikely, likelyPart, likelySpan } from './likely-time.js'

export interface ChunkSurvey {
  readonly chunks: readonly ChunkFacts[]
  /** Of the files that were looked at, and of all. */
  readonly bytes: number
  readonly totalBytes: number
}

/** Files without headers are read for at most this long at a time. The next request reads on. */
const readMsMax = 2_000
const chunksKeptMax = 200_000
const hopsAtOnce = 256
const filesAtOnce = 8

const everything = { query: { conditions: [], window: null, timeKeys: usualTimeKeys }, ofAnyTime: true, maySkip: false }

export class ChunkSurveyor {
  readonly #kept = new Map<string, readonly ChunkFacts[]>()
  #keptChunks = 0

  /** Surveys the sources that may have wanted lines, newest first. */
  async survey (sources: readonly LineSource[], signal: AbortSignal): Promise<ChunkSurvey> {
    const chunks: ChunkFacts[] = []
    const endMs = systemClock.monotonic() + readMsMax
    let [bytes, totalBytes] = [0, 0]
    for await (const [file, ofHeaders] of this.#headersOf(sources, signal)) {
      signal.throwIfAborted()
      totalBytes += file.sizeBytes
      const found = ofHeaders ?? (systemClock.monotonic() < endMs ? await this.#byLines(file, signal) : null)
      signal.throwIfAborted()
      if (found === null) continue // A file that is not looked at is missing in the picture, and `bytes` says so.
      bytes += file.sizeBytes
      for (const chunk of found) chunks.push(chunk)
    }
    return { chunks, bytes, totalBytes }
  }

  // Opening takes longer than reading. So several files are opened at a time.
  async * #headersOf (sources: readonly LineSource[], signal: AbortSignal): AsyncGenerator<readonly [SurveyedFile, readonly ChunkFacts[] | null]> {
    const files = filesOf(sources)
    for (let from = 0; from < files.length; from += filesAtOnce) {
      const group = files.slice(from, from + filesAtOnce)
      const found = await Promise.all(group.map(async (file) => await this.#byHeaders(file, signal)))
      for (const [index, file] of group.entries()) yield [file, found[index] ?? null]
    }
  }

  async #byHeaders (file: SurveyedFile, signal: AbortSignal): Promise<readonly ChunkFacts[] | null> {
    return this.#kept.get(file.key) ?? this.#keep(file, await surveyed(file.source, async (open) => await byHeaders(open, signal)))
  }

  async #byLines (file: SurveyedFile, signal: AbortSignal): Promise<readonly ChunkFacts[] | null> {
    return this.#keep(file, await surveyed(file.source, async (open) => await byLines(open, signal)))
  }

  #keep ({ key, source }: SurveyedFile, chunks: readonly ChunkFacts[] | null): readonly ChunkFacts[] | null {
    if (chunks === null || source.place?.kind === 'active' || this.#kept.has(key)) return chunks
    if (this.#keptChunks + chunks.length > chunksKeptMax) {
      this.#kept.clear()
      this.#keptChunks = 0
    }
    this.#kept.set(key, chunks)
    this.#keptChunks += chunks.length
    return chunks
  }
}

interface SurveyedFile {
  readonly source: LineSource
  /** It names the file as long as that does not change. */
  readonly key: string
  readonly sizeBytes: number
}

// Newest first.
function filesOf (sources: readonly LineSource[]): SurveyedFile[] {
  return [...sources].reverse().flatMap((source, index) => {
    if (source.selection === 'skip') return []
    const description = statSync(source.name, { throwIfNoEntry: false })
    const sizeBytes = source.isPart === true ? 0 : description?.size ?? 0
    return [{ source, sizeBytes, key: `${source.name} ${sizeBytes} ${description?.mtimeMs ?? 0} ${source.isPart === true ? index - sources.length : ''}` }]
  })
}

// Null if the file cannot be read. A file that is gone has no chunks.
async function surveyed (source: LineSource, read: (open: OpenSource) => Promise<ChunkFacts[] | null>): Promise<ChunkFacts[] | null> {
  let open: OpenSource | null = null
  try {
    open = await source.open()
    return open === null ? [] : await read(open)
  } catch {
    return null
  } finally {
    await open?.close()
  }
}

// Null if the file has no headers.
async function byHeaders ({ gzip }: OpenSource, signal: AbortSignal): Promise<ChunkFacts[] | null> {
  if (gzip === null) return null
  const hops = new GzipHops(gzip)
  const nowMs = systemClock.now()
  const chunks: ChunkFacts[] = []
  for (let position = gzip.from, blocks = 0; position < gzip.to; blocks++) {
    const block = hops.blockAt(position)
    if (block === null) return null
    const facts = chunkFacts(block.header, block.header.linesBytes, (span) => likelyPart(span, nowMs))
    if (facts !== null) chunks.push(facts)
    position += block.header.memberBytes
    if (blocks % hopsAtOnce !== hopsAtOnce - 1) continue
    await setImmediate()
    signal.throwIfAborted()
  }
  return chunks
}

async function byLines (open: OpenSource, signal: AbortSignal): Promise<ChunkFacts[]> {
  const scan = new BlockScan([])
  const nowMs = systemClock.now()
  const chunks: ChunkFacts[] = []
  for await (const portion of portionsOf({ ...open, gzip: null }, everything)) {
    signal.throwIfAborted()
    if (portion.kind !== 'task' || portion.task.kind !== 'lines') continue
    const lines = asBuffer(portion.task.lines)
    const facts = chunkFacts(scan.factsOf(lines), lines.length, (span) => isLikely(span.earliestMs, nowMs) && isLikely(span.latestMs, nowMs) ? span : likelySpan(lines, nowMs))
    if (facts !== null) chunks.push(facts)
  }
  return chunks
}
