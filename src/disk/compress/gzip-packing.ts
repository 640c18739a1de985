// Packs a file with gzip, in the calling thread: as a row of blocks whose headers say what is in them, or as one member. What is
// written is known piece by piece, for the proof in gzip-proof.ts.
//
// A block of ordinary lines is packed in one go. A longer line, and a member that holds everything, is packed in pieces that go on
// where the one before ended: few calls, little memory, and the thread can be ended at any time.
import type { BigIntStats } from 'node:fs'
import * as zlib from 'node:zlib'
import { crc32 } from '../../crc32.js'
import { CompressError } from './compress-error.js'
import { Output, readFully, statsOf, type Descriptor } from './descriptor.js'
import { release } from './release.js'

/** A member of gzip, once its content is packed. */
export interface MemberFacts {
  readonly packedBytes: number
  readonly linesBytes: number
  readonly linesChecksum: number
}

/** Some lines, as a block that is to hold them. */
export interface BlockDescription {
  /** How many leading bytes of the lines are in the block. */
  readonly bytes: number
  /** Writes the block's header. Its length does not depend on the member. */
  readonly format: (member: MemberFacts) => Buffer
}

/** Tells what goes into the header of a block. */
export interface BlockDescriber {
  /** Describes a block of as many of these whole lines as it can hold. */
  readonly describe: (lines: Buffer) => BlockDescription
  /** Describes a block of one line, of which this is the beginning. */
  readonly describeLongLine: (beginning: Buffer) => BlockDescription
}

/** A member as it was written. */
export interface PackedMember {
  readonly headerBytes: number
  readonly headerChecksum: number
  /** The packed length of each piece. */
  readonly pieces: readonly number[]
  /** Whether the only piece ends the member. Else an empty block of deflate follows the pieces. */
  readonly isWhole: boolean
  readonly bytes: number
  readonly checksum: number
}

/** A gzip file as it was written. */
export interface PackedFile {
  /** The source when all of it had been read. */
  readonly stats: BigIntStats
  readonly sourceBytes: number
  readonly compressedBytes: number
  readonly members: readonly PackedMember[]
}

/** The most bytes of lines in a block, and of content in a piece. */
export const pieceBytesMax = 1024 * 1024
/** How far back deflate looks. */
const windowBytes = 32 * 1024
/** What a packed piece of a log takes; more is fetched where it takes more. */
const usualPackedBytes = 256 * 1024
/** gzip's magic number, deflate, no name, no time, made on Unix. */
const plainHeader = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])
/** An empty last block of deflate. */
export const lastBlock = Buffer.from([3, 0])
const newline = 0x0a

/** Packs all of the source, which others may still append to, into the empty copy. Without a describer it becomes one member. */
export function packGzip (source: Descriptor, copy: Descriptor, level: number, describer: BlockDescriber | null): PackedFile {
  const packing = new Packing(new Source(source), new Output(copy), level)
  try {
    if (describer === null) packing.packWhole()
    else packing.packBlocks(describer)
    return packing.result()
  } finally {
    packing.close()
  }
}

class Packing {
  readonly #source: Source
  readonly #output: Output
  readonly #level: number
  readonly #members: PackedMember[] = []

  constructor (source: Source, output: Output, level: number) {
    this.#source = source
    this.#output = output
    this.#level = level
  }

  packWhole (): void {
    this.#packInPieces(() => plainHeader, (piece) => piece.length, false)
  }

  // Also of a source without lines, since an empty file is no gzip.
  packBlocks (describer: BlockDescriber): void {
    do {
      const lines = this.#source.nextLines()
      if (lines === null) this.#packLongLine(describer)
      else this.#packBlock(describer.describe(lines), lines)
    } while (this.#source.hasMoreLines())
  }

  #packBlock ({ bytes, format }: BlockDescription, described: Buffer): void {
    const lines = described.subarray(0, bytes)
    const packed = zlib.deflateRawSync(lines, { level: this.#level, chunkSize: usualPackedBytes })
    const checksum = crc32(lines, 0)
    const header = format({ packedBytes: packed.length, linesBytes: bytes, linesChecksum: checksum })
    this.#output.write(header)
    this.#output.write(packed)
    this.#output.write(trailer(bytes, checksum))
    this.#members.push({ headerBytes: header.length, headerChecksum: crc32(header, 0), pieces: [packed.length], isWhole: true, bytes, checksum })
    release(packed)
    this.#source.advance(bytes)
  }

  #packLongLine (describer: BlockDescriber): void {
    const { format } = describer.describeLongLine(this.#source.nextPiece())
    this.#packInPieces(format, (piece) => {
      const end = piece.indexOf(newline)
      return end === -1 ? piece.length : end + 1
    }, true)
  }

  // The header comes last, since only then is known what it says.
  #packInPieces (format: BlockDescription['format'], contentBytes: (piece: Buffer) => number, endsAtNewline: boolean): void {
    const headerAt = this.#output.bytes
    this.#output.write(format({ packedBytes: 0, linesBytes: 0, linesChecksum: 0 }))
    const packedFrom = this.#output.bytes
    const pieces: number[] = []
    let window: Buffer = Buffer.alloc(0)
    let bytes = 0
    let checksum = 0
    for (let piece = this.#source.nextPiece(); piece.length > 0; piece = this.#source.nextPiece()) {
      const content = piece.subarray(0, contentBytes(piece))
      const packed = zlib.deflateRawSync(content, { level: this.#level, chunkSize: usualPackedBytes, finishFlush: zlib.constants.Z_SYNC_FLUSH, ...dictionaryOf(window) })
      this.#output.write(packed)
      pieces.push(packed.length)
      release(packed)
      checksum = crc32(content, checksum)
      bytes += content.length
      window = endOf(window, content)
      this.#source.advance(content.length)
      if (endsAtNewline && content[content.length - 1] === newline) break
    }
    this.#output.write(lastBlock)
    const header = format({ packedBytes: this.#output.bytes - packedFrom, linesBytes: bytes, linesChecksum: checksum })
    this.#output.writeAt(header, headerAt)
    this.#output.write(trailer(bytes, checksum))
    this.#members.push({ headerBytes: header.length, headerChecksum: crc32(header, 0), pieces, isWhole: false, bytes, checksum })
  }

  close (): void {
    this.#source.close()
  }

  result (): PackedFile {
    return { stats: this.#source.stats, sourceBytes: this.#source.position, compressedBytes: this.#output.bytes, members: this.#members }
  }
}

/** The source as it is read: piece by piece, to where it ends by then. */
class Source {
  position = 0
  stats: BigIntStats
  readonly #file: Descriptor
  readonly #buffer = Buffer.allocUnsafeSlow(pieceBytesMax)
  #lastByte = newline

  constructor (file: Descriptor) {
    this.#file = file
    this.stats = statsOf(file)
  }

  close (): void {
    release(this.#buffer)
  }

  /** The bytes at the position; none at the end. Valid until the next are read. */
  nextPiece (): Buffer {
    for (;;) {
      const piece = this.#buffer.subarray(0, readFully(this.#file, this.#buffer, this.position))
      // The size is asked for after the last byte was read, so that the two agree.
      if (BigInt(this.position + piece.length) >= this.stats.size || piece.length === 0) this.#lookAgain(piece.length)
      if (piece.length > 0 || BigInt(this.position) === this.stats.size) return piece
    }
  }

  /** Whole lines at the position; the last one may lack its newline where the source ends. Null where a longer line is next. */
  nextLines (): Buffer | null {
    const piece = this.nextPiece()
    if (BigInt(this.position + piece.length) >= this.stats.size) return piece
    const end = piece.lastIndexOf(newline) + 1
    return end === 0 ? null : piece.subarray(0, end)
  }

  advance (bytes: number): void {
    this.position += bytes
    this.#lastByte = this.#buffer[bytes - 1] ?? newline
  }

  /** Whether lines follow. What is added to a last line that had no newline is left for another attempt: a block has whole lines. */
  hasMoreLines (): boolean {
    return this.#lastByte === newline && BigInt(this.position) < this.stats.size
  }

  #lookAgain (pieceBytes: number): void {
    this.stats = statsOf(this.#file)
    if (this.stats.size < BigInt(this.position + pieceBytes)) throw new CompressError('ERR_ROTOR_SOURCE_SHRANK', this.#file.path, `shrank to ${this.stats.size} bytes while it was read`)
  }
}

// gzip keeps lengths modulo 2^32.
export function trailer (bytes: number, checksum: number): Buffer {
  const end = Buffer.alloc(8)
  end.writeUInt32LE(checksum, 0)
  end.writeUInt32LE(bytes % 2 ** 32, 4)
  return end
}

export function dictionaryOf (window: Buffer): { dictionary?: Buffer } {
  return window.length === 0 ? {} : { dictionary: window }
}

export function endOf (window: Buffer, content: Buffer): Buffer {
  if (content.length >= windowBytes) return Buffer.from(content.subarray(-windowBytes))
  return Buffer.concat([window, content]).subarray(-windowBytes)
}
