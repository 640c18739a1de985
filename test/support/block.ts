// A block of an archive, with the header that the package writes.
import { deflateRawSync } from 'node:zlib'
import { crc32 } from '../../src/platform/crc32.js'
import { BlockScan } from '../../src/policy/blocks/block-scan.js'

/** A block as the package writes it. A spoilt one cannot be unpacked. */
export function block (text: string, isSpoilt = false): Buffer {
  const lines = Buffer.from(text)
  const packed = deflateRawSync(lines)
  const header = new BlockScan([]).describe(lines).format({ packedBytes: packed.length, linesBytes: lines.length, linesChecksum: crc32(lines, 0) })
  const trailer = Buffer.alloc(8)
  trailer.writeUInt32LE(crc32(lines, 0), 0)
  trailer.writeUInt32LE(lines.length, 4)
  return Buffer.concat([header, isSpoilt ? packed.fill(0xff) : packed, trailer])
}
