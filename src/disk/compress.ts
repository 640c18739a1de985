// The copy that an archive's source may be removed for: compressed under a hidden name, read back from the disk and
// compared with what was read from the source, given the source's mode, owner and times, and synced. Whatever fails,
// nothing of it is left. Files pass in chunks, so memory stays flat. gzip has a
// thread of its own, where one is to be had; else zlib works in the thread pool.
import type { BigIntStats } from 'node:fs'
import { createHash } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import * as zlib from 'node:zlib'
import type { Algorithm } from '../options/settings.js'
import { compressorFor, unpack } from './codec.js'
import { CompressError } from './compress-error.js'
import type { CompressionThread } from './compression-thread.js'
import { errnoOf } from './errno.js'
import { createFile, readFrom, type OpenFile } from './open-file.js'
import { identityOf, type FileIdentity } from './publish.js'

export interface CompressRequest {
  readonly source: string
  /** A hidden path in the source's folder, where nothing may stand yet. */
  readonly temporary: string
  readonly algorithm: Algorithm
  /** Already checked against the algorithm's range. */
  readonly level: number
  /** Stops it at once; the promise is then rejected with the signal's reason. */
  readonly signal: AbortSignal
  /** Where there is one, gzip is left to it. */
  readonly thread?: CompressionThread
}

/** How much content there is, and its checksum. */
export interface Content {
  readonly bytes: number
  readonly checksum: string
}

export interface CompressedCopy {
  readonly sourceBytes: number
  readonly compressedBytes: number
  readonly checksum: string
  /** The source exactly as it is in the copy. */
  readonly source: FileIdentity
  /** The copy itself, as it was proven. */
  readonly copy: FileIdentity
}

/** What a compressed file holds, beside a plain one: as much, the beginning of it, something else, or nothing readable. */
export type Comparison = 'same' | 'prefix' | 'different' | 'invalid'

// Some Nodes that this package supports have none.
const { crc32 }: { crc32?: (data: Buffer, value: number) => number } = zlib

/** Compresses a file into a copy that is proven to hold it, and that survives a power cut once its folder is synced. */
export async function compressFile (request: CompressRequest): Promise<CompressedCopy> {
  const { temporary, signal } = request
  return await createFile(temporary, signal, async (copy) => {
    const { stats, content, compressedBytes } = await packInThread(copy, request) ?? await packInPool(copy, request)
    await copy.resemble(stats)
    await copy.sync()
    return { sourceBytes: content.bytes, compressedBytes, checksum: content.checksum, source: identityOf(stats), copy: identityOf(await copy.stats()) }
  })
}

/** Rejects with ERR_ROTOR_COPY_DAMAGED unless the file, read from the disk, unpacks to exactly that content. */
export async function proveCopy (path: string, algorithm: Algorithm, content: Content, signal: AbortSignal): Promise<void> {
  await readFrom(path, (copy) => prove(copy, algorithm, content, signal))
}

/** Compares what a compressed file holds with a plain file. Rejects where one of them cannot be read. */
export async function holdsContentOf (compressedPath: string, algorithm: Algorithm, plainPath: string, signal: AbortSignal): Promise<Comparison> {
  return await readFrom(compressedPath, (compressed) => readFrom(plainPath, (plain) => compare(compressed, algorithm, plain, signal)))
}

interface Compressed {
  readonly stats: BigIntStats
  readonly content: Content
  readonly compressedBytes: number
}

// Null where there is no thread to do it, which the copy is then untouched by.
async function packInThread (copy: OpenFile, { source, temporary, algorithm, level, signal, thread }: CompressRequest): Promise<Compressed | null> {
  if (thread === undefined || algorithm !== 'gzip') return null
  const packed = await thread.pack({ source, copy: temporary, level }, signal)
  if (packed === null) return null
  const { stats, sourceBytes, crc, compressedBytes } = packed
  const { size } = await copy.stats()
  if (size === BigInt(compressedBytes)) return { stats, content: { bytes: sourceBytes, checksum: crc.toString(16) }, compressedBytes }
  throw new CompressError('ERR_ROTOR_COPY_DAMAGED', temporary, 'was replaced while it was written')
}

async function packInPool (copy: OpenFile, request: CompressRequest): Promise<Compressed> {
  const compressed = await readFrom(request.source, (original) => compress(original, copy, request))
  await prove(copy, request.algorithm, compressed.content, request.signal)
  return compressed
}

async function compress (original: OpenFile, copy: OpenFile, { algorithm, level, signal }: CompressRequest): Promise<Compressed> {
  const reading = new SourceReading(original)
  let compressedBytes = 0
  await pipeline(reading.chunks(), compressorFor(algorithm, level), async (pieces: AsyncIterable<Buffer>) => {
    for await (const piece of pieces) {
      await copy.write(piece, compressedBytes)
      compressedBytes += piece.length
    }
  }, { signal })
  return { stats: reading.stats, content: reading.tally.content(), compressedBytes }
}

async function prove (copy: OpenFile, algorithm: Algorithm, expected: Content, signal: AbortSignal): Promise<void> {
  const tally = new Tally()
  await unpack(copy, algorithm, (piece) => { tally.add(piece) }, signal)
  const { bytes, checksum } = tally.content()
  if (bytes === expected.bytes && checksum === expected.checksum) return
  throw new CompressError('ERR_ROTOR_COPY_DAMAGED', copy.path, `unpacks to ${bytes} bytes (${checksum}) instead of ${expected.bytes} (${expected.checksum})`)
}

async function compare (compressed: OpenFile, algorithm: Algorithm, plain: OpenFile, signal: AbortSignal): Promise<Comparison> {
  const seen = { equal: true, bytes: 0 }
  try {
    await unpack(compressed, algorithm, async (piece) => {
      // Once they differ, the rest is still unpacked: whether the archive is valid shows at its end.
      if (!seen.equal) return
      seen.equal = piece.equals(await plain.read(seen.bytes, piece.length))
      seen.bytes += piece.length
    }, signal)
  } catch (error) {
    if (errnoOf(error) === 'ERR_ROTOR_COPY_DAMAGED') return 'invalid'
    throw error
  }
  if (!seen.equal) return 'different'
  return BigInt(seen.bytes) < (await plain.stats()).size ? 'prefix' : 'same'
}

/** Counts content and sums it up. */
class Tally {
  readonly #hash = crc32 === undefined ? createHash('sha256') : null
  #crc = 0
  #bytes = 0

  add (chunk: Buffer): void {
    this.#bytes += chunk.length
    this.#hash?.update(chunk)
    if (crc32 !== undefined) this.#crc = crc32(chunk, this.#crc)
  }

  content (): Content {
    return { bytes: this.#bytes, checksum: this.#hash?.copy().digest('hex') ?? this.#crc.toString(16) }
  }
}

/** Reads a source that others may still append to, to where it ends. */
class SourceReading {
  readonly tally = new Tally()
  readonly #file: OpenFile
  #stats: BigIntStats | null = null

  constructor (file: OpenFile) {
    this.#file = file
  }

  async * chunks (): AsyncGenerator<Buffer, void> {
    for (let readBytes = 0; await this.#continuesAt(readBytes);) {
      for await (const chunk of this.#file.chunks(readBytes)) {
        this.tally.add(chunk)
        readBytes += chunk.length
        yield chunk
      }
    }
  }

  // The size is asked for after the last byte was read, so that the two agree.
  async #continuesAt (readBytes: number): Promise<boolean> {
    this.#stats = await this.#file.stats()
    const { size } = this.#stats
    if (size < BigInt(readBytes)) throw new CompressError('ERR_ROTOR_SOURCE_SHRANK', this.#file.path, `shrank to ${size} bytes while it was read`)
    return size > BigInt(readBytes)
  }

  /** The source when all of it had been read. */
  get stats (): BigIntStats {
    if (this.#stats === null) throw new Error('the source has not been read')
    return this.#stats
  }
}
