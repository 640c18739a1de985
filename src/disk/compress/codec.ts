// Node's compressions and those of user modules: the streams that pack and unpack, and a reader that reports damage instead
// of an early end.
import type { Duplex, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import * as zlib from 'node:zlib'
import { textOf } from '../../errors.js'
import type { Algorithm, Codec, UserCompressor } from '../../options/settings.js'
import { inOnePiece } from '../../platform/ending-gate.js'
import { CompressError } from './compress-error.js'
import { errnoOf } from '../errno.js'
import { chunkBytes, type OpenFile } from '../open-file.js'
import { packerOf, passThrough, unpackerOf } from './user-stream.js'

// Only some of the supported Nodes have these.
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

// Numbers from zstd.h, which promises to keep them. The checksum lets a reader notice damage, as in gzip.
const zstdCompressionLevel = 100
const zstdChecksumFlag = 201

/** Unpacks what is written to it. `bytesWritten` counts the bytes that it has used. */
export type Decompressor = Transform & { readonly bytesWritten: number }

/** Makes the stream that unpacks the algorithm's data. Throws ERR_ROTOR_ZSTD_MISSING if Node has no zstd. */
export function decompressorFor (algorithm: Algorithm): Decompressor
/** Makes the stream that unpacks a module's data. Throws ERR_ROTOR_COMPRESSOR if the module provides no such stream. */
export function decompressorFor (codec: Codec): Duplex
export function decompressorFor (codec: Codec): Duplex {
  return inOnePiece(() => madeDecompressor(codec))
}

function madeDecompressor (codec: Codec): Duplex {
  switch (codec) {
    case 'gzip': return zlib.createGunzip({ chunkSize: chunkBytes })
    case 'brotli': return zlib.createBrotliDecompress({ chunkSize: chunkBytes })
    case 'zstd': return (createZstdDecompress ?? zstdMissing)({ chunkSize: chunkBytes })
    default: return unpackerOf(codec)
  }
}

/**
 * Makes the stream that packs. Throws ERR_ROTOR_ZSTD_MISSING if Node has no zstd, ERR_ROTOR_COMPRESSOR if a module provides
 * none.
 */
export function compressorFor (codec: Codec, level: number): Duplex {
  return inOnePiece(() => madeCompressor(codec, level))
}

function madeCompressor (codec: Codec, level: number): Duplex {
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

/** A stretch of a file. Without an end it reaches to the file's end. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

export const wholeFile: Stretch = { from: 0, to: Infinity }

/**
 * Unpacks the file, or a stretch of it, and hands it over piece by piece. Rejects with ERR_ROTOR_COPY_DAMAGED unless it is a
 * valid archive to its last byte.
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
    // No caller aborted: the decompressor had finished with the archive although the file continues.
    const endedEarly = errnoOf(error) === 'ABORT_ERR' && !signal.aborted
    if (!endedEarly && !damage.test(errnoOf(error))) throw error
    throw new CompressError('ERR_ROTOR_COPY_DAMAGED', file.path, `cannot be unpacked: ${String(error)}`, error)
  }
  // The decompressors stop at the end of the data that they understand and do not report bytes after it.
  const packedBytes = Math.min(Number((await file.stats()).size), to) - from
  if (decompressor.bytesWritten === packedBytes) return
  throw new CompressError('ERR_ROTOR_COPY_DAMAGED', file.path, `has ${packedBytes} bytes, but only ${decompressor.bytesWritten} belong to the archive`)
}

// A module's errors are unknown. Each of its failures counts as damage.
async function unpackOwn (file: OpenFile, codec: UserCompressor, take: (piece: Buffer) => Promise<void> | void, signal: AbortSignal): Promise<void> {
  const failed = (error: unknown): Error => new CompressError('ERR_ROTOR_COPY_DAMAGED', file.path, `cannot be unpacked by ${codec.module}: ${textOf(error)}`, error)
  await passThrough(file.chunks(), unpackerOf(codec), take, { signal, failed })
}

// How zlib, Brotli and zstd name damage. A lack of memory is not among them, since it says nothing about the file.
const damage = /^Z_(DATA|BUF)_ERROR$|^ERR_.*_ERROR_FORMAT_|^ZSTD_error_(?!memory)|^ERR_STREAM_PUSH_AFTER_EOF$/
