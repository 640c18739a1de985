// Packs bytes with gzip in the calling thread, with rests between the pieces. libuv's pool would compete with the application for the
// processor, at the usual priority.
import { constants, deflateRawSync } from 'node:zlib'
import { lastBlock, plainHeader, trailer } from '../disk/compress/gzip-packing.js'
import { release } from '../disk/compress/release.js'
import { crc32 } from '../platform/crc32.js'
import { inOnePiece } from '../platform/ending-gate.js'
import type { Rest } from './sender.js'

/** A piece takes half a millisecond. Smaller ones would pack less well. */
const pieceBytes = 256 * 1024
/** More memory is allocated for a larger packed piece. */
const usualPackedBytes = 32 * 1024
// The quickest level. The best one takes three times as long and saves little, because the text repeats itself.
const options = { level: constants.Z_BEST_SPEED, finishFlush: constants.Z_SYNC_FLUSH, chunkSize: usualPackedBytes }

/** Packs the parts, which follow each other, as one member of gzip. Their memory is freed. */
export async function packInPieces (parts: readonly Buffer[], rest: Rest): Promise<Buffer> {
  const packed = [plainHeader]
  let checksum = 0
  let bytes = 0
  for (const piece of piecesOf(parts)) {
    packed.push(inOnePiece(() => deflateRawSync(piece, options)))
    checksum = crc32(piece, checksum)
    bytes += piece.length
    await rest()
  }
  for (const part of parts) release(part)
  return Buffer.concat([...packed, lastBlock, trailer(bytes, checksum)])
}

/** Each piece is valid until the next one. */
function * piecesOf (parts: readonly Buffer[]): Generator<Buffer> {
  const piece = Buffer.allocUnsafeSlow(pieceBytes)
  let filled = 0
  for (const part of parts) {
    for (let at = 0; at < part.length;) {
      const copied = part.copy(piece, filled, at)
      at += copied
      filled += copied
      if (filled < pieceBytes) continue
      yield piece
      filled = 0
    }
  }
  if (filled > 0) yield piece.subarray(0, filled)
  release(piece)
}
