// The proof of a gzip file that was just written. The file's bytes must be the packed bytes. Each header must be the one
// that was made from the lines, and the lines must be those that were packed.
import * as zlib from 'node:zlib'
import { crc32 } from '../../platform/crc32.js'
import { inOnePiece } from '../../platform/ending-gate.js'
import { errnoOf } from '../errno.js'
import { CompressError } from './compress-error.js'
import { readExactly, statsOf, type Descriptor } from './descriptor.js'
import { dictionaryOf, endOf, lastBlock, pieceBytesMax, trailer, type PackedFile, type PackedMember } from './gzip-packing.js'
import { release } from './release.js'

/**
 * Reads the copy back. Throws ERR_ROTOR_COPY_DAMAGED unless it has exactly the members that were written and unpacks to the
 * source.
 */
export function proveGzip (copy: Descriptor, { compressedBytes, members }: PackedFile): void {
  const size = Number(statsOf(copy).size)
  if (size !== compressedBytes) throw damaged(copy, `has ${size} bytes instead of ${compressedBytes}`)
  let position = 0
  for (const member of members) position = proveMember(copy, position, member)
  if (position !== size) throw damaged(copy, `has members up to byte ${position} of ${size}`)
}

/** Returns where the next member begins. */
function proveMember (copy: Descriptor, memberAt: number, member: PackedMember): number {
  if (crc32(readExactly(copy, memberAt, member.headerBytes), 0) !== member.headerChecksum) throw damaged(copy, `has another header at byte ${memberAt} than was written`)
  const { bytes, checksum, endsAt } = unpackPieces(copy, memberAt + member.headerBytes, member)
  if (bytes !== member.bytes || checksum !== member.checksum) throw damaged(copy, `unpacks to ${bytes} bytes (${checksum.toString(16)}) instead of ${member.bytes} (${member.checksum.toString(16)}) at byte ${memberAt}`)
  const end = Buffer.concat([member.isWhole ? Buffer.alloc(0) : lastBlock, trailer(member.bytes, member.checksum)])
  if (!readExactly(copy, endsAt, end.length).equals(end)) throw damaged(copy, `differs from the written bytes at byte ${endsAt}`)
  return endsAt + end.length
}

function unpackPieces (copy: Descriptor, from: number, { pieces, isWhole }: PackedMember): { bytes: number, checksum: number, endsAt: number } {
  let window: Buffer = Buffer.alloc(0)
  let endsAt = from
  let bytes = 0
  let checksum = 0
  for (const length of pieces) {
    const packed = readExactly(copy, endsAt, length)
    // With its own last block added, a piece must be valid to its last bit and end exactly there.
    const content = unpackPiece(copy, isWhole ? packed : Buffer.concat([packed, lastBlock]), window)
    endsAt += length
    bytes += content.length
    checksum = crc32(content, checksum)
    if (!isWhole) window = endOf(window, content)
    release(packed)
    release(content)
  }
  return { bytes, checksum, endsAt }
}

function unpackPiece (copy: Descriptor, piece: Buffer, window: Buffer): Buffer {
  const options = { chunkSize: pieceBytesMax + 1, maxOutputLength: pieceBytesMax + 1, info: true, ...dictionaryOf(window) }
  try {
    // With `info`, which its types omit, it also tells how much input it has used.
    const { buffer, engine } = inOnePiece(() => zlib.inflateRawSync(piece, options)) as unknown as { buffer: Buffer, engine: { bytesWritten: number } }
    if (engine.bytesWritten === piece.length) return buffer
    throw damaged(copy, 'ends before its end')
  } catch (error) {
    if (/^Z_(DATA|BUF)_ERROR$|^ERR_BUFFER_TOO_LARGE$/.test(errnoOf(error))) throw damaged(copy, `cannot be unpacked: ${String(error)}`, error)
    throw error
  }
}

function damaged ({ path }: Descriptor, message: string, cause?: unknown): CompressError {
  return new CompressError('ERR_ROTOR_COPY_DAMAGED', path, message, cause)
}
