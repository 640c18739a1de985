// Tells a gzip file's unpacked size without unpacking it, from the headers of its blocks or from the trailer of its only
// member.
import { constants, fstatSync, openSync, readSync } from 'node:fs'
import { closeQuietly } from '../close.js'
import { uninterrupted } from '../errno.js'

/** Parses the block header at the beginning of the bytes that a read returns; null if there is none. */
export type ReadHeader = (read: (bytes: number) => Buffer) => { readonly memberBytes: number, readonly linesBytes: number } | null

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
const gzipMagic = 0x1f8b
/** A header and a trailer around an empty content of two bytes. */
const gzipBytesMin = 20
const trailerBytes = 4
/** The trailer counts modulo this. */
const countedBytes = 2 ** 32
/** Deflate packs at most this many bytes into one. */
const deflateRatioMax = 1032

/** Returns the unpacked size of the gzip file; null if it is unreadable, damaged, or may be too large for its trailer. */
export function gzipOriginalBytes (path: string, originalBytesMax: number, readHeader: ReadHeader): number | null {
  try {
    const descriptor = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    try {
      const { size } = fstatSync(descriptor)
      return sumOfBlocks(descriptor, size, readHeader) ?? readTrailer(descriptor, size, originalBytesMax)
    } finally {
      closeQuietly(descriptor)
    }
  } catch {
    return null // The file is gone, not readable, or on a failing disk. Its size is unknown.
  }
}

// Null unless the file consists of blocks. A wrong header makes this number wrong and does no other harm.
function sumOfBlocks (descriptor: number, size: number, readHeader: ReadHeader): number | null {
  let bytes = 0
  let position = 0
  while (position < size) {
    const block = readHeader((length) => readAt(descriptor, position, length))
    if (block === null) return null
    bytes += block.linesBytes
    position += block.memberBytes
  }
  return position === size && size > 0 ? bytes : null
}

function readTrailer (descriptor: number, size: number, originalBytesMax: number): number | null {
  const mayHaveWrapped = size * deflateRatioMax >= countedBytes && originalBytesMax >= countedBytes
  if (size < gzipBytesMin || mayHaveWrapped || readAt(descriptor, 0, 2).readUInt16BE() !== gzipMagic) return null
  const bytes = readAt(descriptor, size - trailerBytes, trailerBytes).readUInt32LE()
  // Data that cannot be packed is stored, with five bytes added per block. A larger file cannot come from so few bytes.
  const isPossible = bytes <= size * deflateRatioMax && size <= bytes * 1.01 + 64
  return isPossible ? bytes : null
}

function readAt (descriptor: number, position: number, length: number): Buffer {
  const buffer = Buffer.alloc(length)
  uninterrupted(() => readSync(descriptor, buffer, 0, length, position))
  return buffer
}
