// How many bytes a gzip file unpacks to, without unpacking it: what the headers of its blocks say, or the trailer of its one member.
import { constants, fstatSync, openSync, readSync } from 'node:fs'
import { closeQuietly } from '../close.js'

/** Reads the header of a block where a read gives the bytes that begin there; null where none is. */
export type ReadHeader = (read: (bytes: number) => Buffer) => { readonly memberBytes: number, readonly linesBytes: number } | null

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
const gzipMagic = 0x1f8b
/** Header and trailer around an empty content of two bytes. */
const gzipBytesMin = 20
const trailerBytes = 4
/** The trailer counts modulo this. */
const countedBytes = 2 ** 32
/** Deflate never packs more bytes than this into one. */
const deflateRatioMax = 1032

/** Tells how many bytes the gzip file unpacks to; null where it cannot be read, is damaged, or may be too large for its trailer. */
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
    return null // Gone meanwhile, not ours to read, or on a failing disk: in each case its size is not known.
  }
}

// Null unless it is all blocks. A header that lies makes a wrong number here, and nothing else.
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
  // What cannot be packed is stored, with five bytes for each block of it: a larger file than that was not packed from so few.
  const isPossible = bytes <= size * deflateRatioMax && size <= bytes * 1.01 + 64
  return isPossible ? bytes : null
}

function readAt (descriptor: number, position: number, length: number): Buffer {
  const buffer = Buffer.alloc(length)
  readSync(descriptor, buffer, 0, length, position)
  return buffer
}
