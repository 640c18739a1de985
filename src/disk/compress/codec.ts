// The compressions that Node knows and those of modules: the streams that pack and unpack, and a reader that does not take
// damage for an end.
import type { Duplex, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import * as zlib from 'node:zlib'
import type { Algorithm, Codec, UserCompressor } from '../../options/settings.js'
import { CompressError } from './compress-error.js'
import { errnoOf } from '../errno.js'
import { chunkBytes, type OpenFile } from '../open-file.js'
import { packerOf, passThrough, unpackerOf } from './user-stream.js'

// What some Nodes have that this package supports, and others not.
interface NewerZlib {
  createZstdCompress?: (options: ZstdOptions) => Transform
  createZstdDecompress?: (options: ZstdOptions) => Decompressor
}

interface ZstdOptions {
  chunkSize: number
  params?: Record<number, number>
}

const builtIn: object = zlib
const { createZstdCompress, createZstdDecompress } = builtIn as NewerZlib

// Numbers from zstd.h, which promises to keep them. The checksum lets a reader notice damage later, as in gzip.
const zstdCompressionLevel = 100
const zstdChecksumFlag = 201

/** Unpacks what is written to it; `bytesWritten` counts what it has used of that. */
export type Decompressor = Transform & { readonly bytesWritten: number }

/** Makes the stream that unpacks what the algorithm has packed. Throws ERR_ROTOR_ZSTD_MISSING where Node has no zstd. */
export function decompressorFor (algorithm: Algorithm): Decompressor
/** The same for what a module has packed. Throws ERR_ROTOR_COMPRESSOR where the module has, or gives, no such stream. */
export function decompressorFor (codec: Codec): Duplex
export function decompressorFor (codec: Codec): Duplex {
  switch (codec) {
    case 'gzip': return zlib.createGunzip({ chunkSize: chunkBytes })
    case 'brotli': return zlib.createBrotliDecompress({ chunkSize: chunkBytes })
    case 'zstd': return (createZstdDecompress ?? zstdMissing)({ chunkSize: chunkBytes })
    default: return unpackerOf(codec)
  }
}

/** Makes the stream that packs. Throws ERR_ROTOR_ZSTD_MISSING where Node has no zstd, ERR_ROTOR_COMPRESSOR where a module gives none. */
export function compressorFor (codec: Codec, level: number): Duplex {
  switch (codec) {
    case 'gzip': return zlib.createGzip({ level, chunkSize: chunkBytes })
    case 'brotli': return zlib.createBrotliCompress({ chunkSize: chunkBytes, params: { [zlib.constants.BROTLI_PARAM_QUALITY]: level } })
    case 'zstd': return (createZstdCompress ?? zstdMissing)({ chunkSize: chunkBytes, params: { [zstdCompressionLevel]: level, [zstdChecksumFlag]: 1 } })
    default: return packerOf(codec)
  }
}

function zstdMissing (): never {
  throw new CompressError('ERR_ROTOR_ZSTD_MISSING', process.execPath, `(Node ${process.version}) has no zstd`)
}

/** A stretch of a file; to its end where the stretch has none. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

export const wholeFile: Stretch = { from: 0, to: Infinity }

/**
 * Hands over what the file, or a stretch of it, unpacks to, piece by piece. Rejects with ERR_ROTOR_COPY_DAMAGED where it is
 * no valid archive to its last byte.
 */
export async function unpack (file: OpenFile, codec: Codec, take: (piece: Buffer) => Promise<void> | void, signal: AbortSignal, stretch = wholeFile): Promise<void> {
  if (typeof codec === 'string') await unpackBuiltIn(file, codec, take, signal, stretch)
  else await unpackOwn(file, codec, take, signal)
}

async function unpackBuiltIn (file: OpenFile, algorithm: Algorithm, take: (piece: Buffer) => Promise<void> | void, signal: AbortSignal, { from, to }: Stretch): Promise<void> {
  const decompressor = decompressorFor(algorithm)
  try {
    await pipeline(file.chunks(from, to), decompressor, async (pieces: AsyncIterable<Buffer>) => {
      for await (const piece of pieces) await take(piece)
    }, { signal })
  } catch (error) {
    // Aborted by nobody: the decompressor was through with the archive while more of the file was to come.
    const endedEarly = errnoOf(error) === 'ABORT_ERR' && !signal.aborted
    if (!endedEarly && !damage.test(errnoOf(error))) throw error
    throw new CompressError('ERR_ROTOR_COPY_DAMAGED', file.path, `cannot be unpacked: ${String(error)}`, error)
  }
  // The decompressors stop at the end of what they understand and are silent about bytes after it.
  const packedBytes = Math.min(Number((await file.stats()).size), to) - from
  if (decompressor.bytesWritten === packedBytes) return
  throw new CompressError('ERR_ROTOR_COPY_DAMAGED', file.path, `has ${packedBytes} bytes, of which ${decompressor.bytesWritten} belong to the archive`)
}

// How a module's stream names damage is not known: whatever it fails with counts as that.
async function unpackOwn (file: OpenFile, codec: UserCompressor, take: (piece: Buffer) => Promise<void> | void, signal: AbortSignal): Promise<void> {
  const failed = (error: unknown): Error => new CompressError('ERR_ROTOR_COPY_DAMAGED', file.path, `cannot be unpacked by ${codec.module}: ${String(error)}`, error)
  await passThrough(file.chunks(), unpackerOf(codec), take, { signal, failed })
}

// Damage as zlib, Brotli and zstd name it. Not, for example, that memory ran out: that says nothing about the file.
const damage = /^Z_(DATA|BUF)_ERROR$|^ERR_.*_ERROR_FORMAT_|^ZSTD_error_(?!memory)|^ERR_STREAM_PUSH_AFTER_EOF$/
