// Makes the copy for which an archive's source may be removed. The copy is compressed under a hidden name, read back from
// the disk and compared with the source. It gets the source's mode, owner and times, and is synced. If anything fails, no
// copy is left. Files pass in chunks, so memory stays flat.
//
// gzip has its own thread. If that cannot be started, gzip works in Node's thread pool and writes no blocks, as brotli and
// zstd do. A module works in the calling thread. If it cannot unpack, its copy is compared with the bytes that it produced.
import type { BigIntStats } from 'node:fs'
import { createHash } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import * as zlib from 'node:zlib'
import { textOf } from '../../errors.js'
import type { Algorithm, Codec, UserCompressor } from '../../options/settings.js'
import { compressorFor, unpack } from './codec.js'
import { CompressError } from './compress-error.js'
import type { CompressionThread } from './compression-thread.js'
import { errnoOf } from '../errno.js'
import { stateOf, type FileState } from '../file-state.js'
import { createFile, readFrom, type OpenFile } from '../open-file.js'
import type { LostRights } from '../rights/keep-rights.js'
import { packerOf, passThrough } from './user-stream.js'

export interface CompressRequest {
  readonly source: string
  /** A hidden path in the source's folder. It must not exist yet. */
  readonly temporary: string
  readonly codec: Codec
  /** Already checked against the algorithm's range. */
  readonly level: number
  /** The fields that the headers of gzip blocks index; null for no blocks. */
  readonly index: readonly string[] | null
  /** Aborting stops the work at once. The promise then rejects with the signal's reason. */
  readonly signal: AbortSignal
  /** If given, this thread does the work for gzip. */
  readonly thread?: CompressionThread
}

/** The length of some content, and its checksum. */
interface Content {
  readonly bytes: number
  readonly checksum: string
}

export interface CompressedCopy {
  readonly sourceBytes: number
  readonly compressedBytes: number
  /** The state of the source that the copy holds. */
  readonly source: FileState
  /** The state of the copy that was proven. */
  readonly copy: FileState
  /** The source's rights that the copy could not get. */
  readonly lostRights: LostRights | null
}

/** A compressed file's content compared with a plain file: the same, its beginning, something else, or unreadable. */
export type Comparison = 'same' | 'prefix' | 'different' | 'invalid'

// Not every supported Node has it.
const { crc32 }: { crc32?: (data: Buffer, value: number) => number } = zlib

/** Compresses a file into a proven copy. The copy survives a power cut once its folder is synced. */
export async function compressFile (request: CompressRequest): Promise<CompressedCopy> {
  const { temporary, signal } = request
  return await createFile(temporary, signal, async (copy) => {
    const { stats, sourceBytes, compressedBytes } = await pack(copy, request)
    const lostRights = await copy.resemble([{ path: request.source, stats }], stats)
    await copy.sync()
    return { sourceBytes, compressedBytes, source: stateOf(stats), copy: stateOf(await copy.stats()), lostRights }
  })
}

/** Compares a compressed file's content with a plain file. Rejects if one of them cannot be read. */
export async function holdsContentOf (compressedPath: string, codec: Codec, plainPath: string, signal: AbortSignal): Promise<Comparison> {
  return await readFrom(compressedPath, (compressed) => readFrom(plainPath, (plain) => compare(compressed, codec, plain, signal)))
}

interface Packed {
  readonly stats: BigIntStats
  readonly sourceBytes: number
  readonly compressedBytes: number
}

interface PackedContent extends Packed {
  readonly content: Content
}

async function pack (copy: OpenFile, request: CompressRequest): Promise<Packed> {
  const { codec } = request
  if (typeof codec === 'object') return await packByModule(copy, codec, request)
  return await packInThread(copy, request) ?? await packInPool(copy, codec, request)
}

// Null if no thread can do it. The copy is then still empty.
async function packInThread (copy: OpenFile, { source, temporary, codec, level, index, signal, thread }: CompressRequest): Promise<Packed | null> {
  if (thread === undefined || codec !== 'gzip') return null
  const packed = await thread.pack({ source, copy: temporary, level, index }, signal)
  if (packed === null) return null
  if ((await copy.stats()).size === BigInt(packed.compressedBytes)) return packed
  throw new CompressError('ERR_ROTOR_COPY_DAMAGED', temporary, 'was replaced while it was written')
}

async function packInPool (copy: OpenFile, algorithm: Algorithm, { source, level, signal }: CompressRequest): Promise<Packed> {
  const compressed = await readFrom(source, (original) => compress(original, copy, compressorFor(algorithm, level), signal))
  await prove(copy, algorithm, compressed.content, signal)
  return compressed
}

async function compress (original: OpenFile, copy: OpenFile, compressor: Duplex, signal: AbortSignal): Promise<PackedContent> {
  const reading = new SourceReading(original)
  let compressedBytes = 0
  await pipeline(reading.chunks(), compressor, async (pieces: AsyncIterable<Buffer>) => {
    for await (const piece of pieces) {
      await copy.write(piece, compressedBytes)
      compressedBytes += piece.length
    }
  }, { signal })
  return { stats: reading.stats, ...reading.content(), compressedBytes }
}

async function packByModule (copy: OpenFile, own: UserCompressor, { source, signal }: CompressRequest): Promise<Packed> {
  const packed = new Tally()
  let compressedBytes = 0
  let bytesMax = 0
  const write = async (piece: Buffer): Promise<void> => {
    if (compressedBytes + piece.length > bytesMax) throw failedToPack(source, own, new Error(`it gave more than ${bytesMax} bytes and was stopped`))
    await copy.write(piece, compressedBytes)
    compressedBytes += piece.length
    packed.add(piece)
  }
  const compressed = await readFrom(source, async (original) => {
    const reading = new SourceReading(original)
    bytesMax = runawayBytes(Number((await original.stats()).size))
    await passThrough(reading.chunks(), packerOf(own), write, { signal, failed: (error) => failedToPack(source, own, error) })
    return { stats: reading.stats, ...reading.content(), compressedBytes }
  })
  if (own.restore === null) await proveBytes(copy, packed.content())
  else await prove(copy, own, compressed.content, signal)
  return compressed
}

/** A module that returns more than this for so many bytes never ends. */
function runawayBytes (bytes: number): number {
  return 2 * bytes + 1024 * 1024
}

function failedToPack (source: string, { module }: UserCompressor, error: unknown): CompressError {
  return new CompressError('ERR_ROTOR_COMPRESSOR', source, `cannot be compressed by ${module}: ${textOf(error)}`, error)
}

async function proveBytes (copy: OpenFile, expected: Content): Promise<void> {
  const tally = new Tally()
  for await (const chunk of copy.chunks()) tally.add(chunk)
  requireSame(copy, 'holds', tally.content(), expected)
}

async function prove (copy: OpenFile, codec: Codec, expected: Content, signal: AbortSignal): Promise<void> {
  const tally = new Tally()
  await unpack(copy, codec, (piece) => {
    tally.add(piece)
    if (tally.bytes > expected.bytes) throw new CompressError('ERR_ROTOR_COPY_DAMAGED', copy.path, `unpacks to more than ${expected.bytes} bytes`)
  }, signal)
  requireSame(copy, 'unpacks to', tally.content(), expected)
}

function requireSame ({ path }: OpenFile, holds: string, { bytes, checksum }: Content, expected: Content): void {
  if (bytes === expected.bytes && checksum === expected.checksum) return
  throw new CompressError('ERR_ROTOR_COPY_DAMAGED', path, `${holds} ${bytes} bytes (${checksum}) instead of ${expected.bytes} (${expected.checksum})`)
}

async function compare (compressed: OpenFile, codec: Codec, plain: OpenFile, signal: AbortSignal): Promise<Comparison> {
  if (typeof codec === 'object' && codec.restore === null) return await comparePacked(compressed, codec, plain, signal)
  const seen = { equal: true, bytes: 0 }
  const stop = stopRunaway(codec, Number((await plain.stats()).size))
  try {
    await unpack(compressed, codec, async (piece) => {
      stop(piece)
      // Once they differ, the rest is still unpacked, because only its end shows whether the archive is valid.
      if (!seen.equal) return
      seen.equal = piece.equals(await plain.read(seen.bytes, piece.length))
      seen.bytes += piece.length
    }, signal)
  } catch (error) {
    if (error instanceof Runaway) return 'different'
    if (errnoOf(error) === 'ERR_ROTOR_COPY_DAMAGED') return 'invalid'
    throw error
  }
  if (!seen.equal) return 'different'
  return BigInt(seen.bytes) < (await plain.stats()).size ? 'prefix' : 'same'
}

// If the module cannot unpack, its output for the plain file is compared.
async function comparePacked (compressed: OpenFile, own: UserCompressor, plain: OpenFile, signal: AbortSignal): Promise<Comparison> {
  const seen = { equal: true, bytes: 0 }
  const stop = stopRunaway(own, Number((await compressed.stats()).size))
  await passThrough(plain.chunks(), packerOf(own), async (piece) => {
    stop(piece)
    seen.equal = seen.equal && piece.equals(await compressed.read(seen.bytes, piece.length))
    seen.bytes += piece.length
  }, { signal, failed: (error) => failedToPack(plain.path, own, error) }).catch(ignoreRunaway)
  return seen.equal && BigInt(seen.bytes) === (await compressed.stats()).size ? 'same' : 'different'
}

class Runaway extends Error {}

/** Throws a Runaway once a module's stream has given far more than it could. */
function stopRunaway (codec: Codec, bytes: number): (piece: Buffer) => void {
  let leftBytes = typeof codec === 'string' ? Infinity : runawayBytes(bytes)
  return (piece) => {
    leftBytes -= piece.length
    if (leftBytes < 0) throw new Runaway()
  }
}

function ignoreRunaway (error: unknown): void {
  if (!(error instanceof Runaway)) throw error
}

/** Counts content and sums it up. */
class Tally {
  readonly #hash = crc32 === undefined ? createHash('sha256') : null
  #crc = 0
  #bytes = 0

  get bytes (): number {
    return this.#bytes
  }

  add (chunk: Buffer): void {
    this.#bytes += chunk.length
    this.#hash?.update(chunk)
    if (crc32 !== undefined) this.#crc = crc32(chunk, this.#crc)
  }

  content (): Content {
    return { bytes: this.#bytes, checksum: this.#hash?.copy().digest('hex') ?? this.#crc.toString(16) }
  }
}

/** Reads a source to its end, although others may still append to it. */
class SourceReading {
  readonly #tally = new Tally()
  readonly #file: OpenFile
  #stats: BigIntStats | null = null

  constructor (file: OpenFile) {
    this.#file = file
  }

  async * chunks (): AsyncGenerator<Buffer, void> {
    for (let readBytes = 0; await this.#continuesAt(readBytes);) {
      for await (const chunk of this.#file.chunks(readBytes)) {
        this.#tally.add(chunk)
        readBytes += chunk.length
        yield chunk
      }
    }
  }

  // The size is read after the last byte, so that the two agree.
  async #continuesAt (readBytes: number): Promise<boolean> {
    this.#stats = await this.#file.stats()
    const { size } = this.#stats
    if (size < BigInt(readBytes)) throw new CompressError('ERR_ROTOR_SOURCE_SHRANK', this.#file.path, `shrank to ${size} bytes while it was read`)
    return size > BigInt(readBytes)
  }

  content (): Pick<PackedContent, 'content' | 'sourceBytes'> {
    const content = this.#tally.content()
    return { content, sourceBytes: content.bytes }
  }

  /** The source's state after its last byte was read. */
  get stats (): BigIntStats {
    if (this.#stats === null) throw new Error('the source has not been read')
    return this.#stats
  }
}
