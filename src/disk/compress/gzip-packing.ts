// Packs a file with gzip in the calling thread, either as a row of blocks whose headers describe their lines, or as one
// member. The pieces that were written are recorded for the proof in gzip-proof.ts.
//
// A block of ordinary lines is packed in one call. A longer line, or a single member, is packed in pieces, each of which
// continues the one before. That takes few calls and little memory, and the thread can be ended after each.
import type { BigIntStats } from 'node:fs'
import * as zlib from 'node:zlib'
import { crc32 } from '../../platform/crc32.js'
import { inOnePiece } from '../../platform/ending-gate.js'
import { CompressError } from './compress-error.js'
import { Output, readFully, statsOf, type Descriptor } from './descriptor.js'
import { release } from './release.js'

/** A member of gzip, once its content is packed. */
export interface MemberFacts {
  readonly packedBytes: number
  readonly linesBytes: number
  readonly linesChecksum: number
}

/** Some lines, and the block that will hold them. */
export interface BlockDescription {
  /** How many bytes from the beginning of the lines are in the block. */
  readonly bytes: number
  /** Writes the block's header. Its length does not depend on the member. */
  readonly format: (member: MemberFacts) => Buffer
}

/** Decides what a block's header says. */
export interface BlockDescriber {
  /** Describes a block of as many of these whole lines as it can hold. */
  readonly describe: (lines: Buffer) => BlockDescription
  /** Describes a block of one long line that begins like this. */
  readonly describeLongLine: (beginning: Buffer) => BlockDescription
}

/** A member as it was written. */
export interface PackedMember {
  readonly headerBytes: number
  readonly headerChecksum: number
  /** The packed length of each piece. */
  readonly pieces: readonly number[]
  /** Whether the only piece ends the member. Otherwise an empty deflate block follows the pieces. */
  readonly isWhole: boolean
  readonly bytes: number
  readonly checksum: number
}

/** A gzip file as it was written. */
export interface PackedFile {
  /** The source's state after its last byte was read. */
  readonly stats: BigIntStats
  readonly sourceBytes: number
  readonly compressedBytes: number
  readonly members: readonly PackedMember[]
}

/** The most bytes of lines in a block, and of content in a piece. */
export const pieceBytesMax = 1024 * 1024
/** How far back deflate looks. */
const windowBytes = 32 * 1024
/** The usual size of a packed piece. More memory is allocated for a larger one. */
const usualPackedBytes = 256 * 1024
/** zlib's highest. Beside its default, 8, a block takes 5 % less time and 0.1 % less room, for 128 KiB of memory. */
const blockMemoryLevel = 9
/** gzip's magic number, deflate, no name, no time, made on Unix. */
export const plainHeader = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])
/** An empty last block of deflate. */
export const lastBlock = Buffer.from([3, 0])
const newline = 0x0a

/** Packs the source, to which others may still append, into the empty copy. Without a describer it becomes one member. */
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

  // A source without lines gets a member too, since an empty file is not gzip.
  packBlocks (describer: BlockDescriber): void {
    do {
      const lines = this.#source.nextLines()
      if (lines === null) this.#packLongLine(describer)
      else this.#packBlock(describer.describe(lines), lines)
    } while (this.#source.hasMoreLines())
  }

  #packBlock ({ bytes, format }: BlockDescription, described: Buffer): void {
    const lines = described.subarray(0, bytes)
    const packed = inOnePiece(() => zlib.deflateRawSync(lines, { level: this.#level, memLevel: blockMemoryLevel, chunkSize: usualPackedBytes }))
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

  // The header is written last, because it holds the member's length.
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
      const options = { level: this.#level, chunkSize: usualPackedBytes, finishFlush: zlib.constants.Z_SYNC_FLUSH, ...dictionaryOf(window) }
      const packed = inOnePiece(() => zlib.deflateRawSync(content, options))
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

/** Reads the source piece by piece, to its end at that time. */
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

  /** Reads the bytes at the position; none at the end. They are valid until the next read. */
  nextPiece (): Buffer {
    for (;;) {
      const piece = this.#buffer.subarray(0, readFully(this.#file, this.#buffer, this.position))
      // The size is read after the last byte, so that the two agree.
      if (BigInt(this.position + piece.length) >= this.stats.size || piece.length === 0) this.#lookAgain(piece.length)
      if (piece.length > 0 || BigInt(this.position) === this.stats.size) return piece
    }
  }

  /**
   * Reads whole lines at the position; null if a longer line follows. The last line may lack its newline at the source's
   * end.
   */
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

  /**
   * Whether lines follow. If bytes were added to a last line without a newline, they wait for another attempt, because a
   * block has whole lines.
   */
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
