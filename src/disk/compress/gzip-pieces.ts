// One gzip file made in pieces, each with a synchronous call, for a thread that has nothing else to do: so it needs none
// of the threads that the application shares. Every piece is packed with the end of the one before as its dictionary and
// ends on a byte, so that the pieces in a row are one ordinary member, as small as if it had been packed in one go.
import { fstatSync, readSync, writeSync, type BigIntStats } from 'node:fs'
import * as zlib from 'node:zlib'
import { CompressError } from './compress-error.js'
import { errnoOf } from '../errno.js'
import { isError } from '../../errors.js'

/** A file by its descriptor, and by its name for what is said about it. */
export interface Descriptor {
  readonly fd: number
  readonly path: string
}

/** A gzip file as it was written. */
export interface PackedPieces {
  /** The source when all of it had been read. */
  readonly stats: BigIntStats
  readonly sourceBytes: number
  readonly crc: number
  readonly compressedBytes: number
  /** The packed length of each piece. */
  readonly lengths: readonly number[]
}

/** So much is packed in one go: few calls, little memory, and the thread can be ended soon at any time. */
const pieceBytes = 1024 * 1024
/** How far back deflate looks. */
const windowBytes = 32 * 1024
/** What a packed piece of a log takes; more is fetched where it takes more. */
const usualPackedBytes = 256 * 1024
/** gzip's magic number, deflate, no name, no time, made on Unix. */
const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])
/** An empty last block of deflate. */
const lastBlock = Buffer.from([3, 0])

// Older Nodes have none; their types do not tell.
const { crc32 }: { crc32?: (data: Buffer, value: number) => number } = zlib

/** Whether this Node has all that is needed here. */
export const canPackInPieces = 'crc32' in zlib

/** Packs all of the source, which others may still append to, into the empty copy. */
export function packInPieces (source: Descriptor, copy: Descriptor, level: number): PackedPieces {
  const output = new Output(copy)
  const piece = Buffer.allocUnsafeSlow(pieceBytes)
  const lengths: number[] = []
  let window: Buffer = Buffer.alloc(0)
  let sourceBytes = 0
  let crc = 0
  let stats = statsOf(source)
  output.write(header)
  while (stats.size > BigInt(sourceBytes)) {
    const read = piece.subarray(0, readFully(source, piece, sourceBytes))
    const packed = zlib.deflateRawSync(read, { level, chunkSize: usualPackedBytes, finishFlush: zlib.constants.Z_SYNC_FLUSH, ...dictionaryOf(window) })
    output.write(packed)
    lengths.push(packed.length)
    crc = sum(read, crc)
    sourceBytes += read.length
    window = endOf(window, read)
    // The size is asked for after the last byte was read, so that the two agree.
    if (BigInt(sourceBytes) >= stats.size || read.length === 0) stats = statsOf(source)
    if (stats.size < BigInt(sourceBytes)) throw new CompressError('ERR_ROTOR_SOURCE_SHRANK', source.path, `shrank to ${stats.size} bytes while it was read`)
  }
  output.write(trailer(sourceBytes, crc))
  return { stats, sourceBytes, crc, compressedBytes: output.bytes, lengths }
}

/** Reads the copy back. Throws ERR_ROTOR_COPY_DAMAGED unless it is one whole gzip member that unpacks to the source. */
export function provePieces (copy: Descriptor, packed: PackedPieces): void {
  const size = Number(statsOf(copy).size)
  if (size !== packed.compressedBytes) throw damaged(copy, `has ${size} bytes instead of ${packed.compressedBytes}`)
  expectBytes(copy, header, 0)
  const { bytes, crc, position } = unpackPieces(copy, packed.lengths)
  if (bytes !== packed.sourceBytes || crc !== packed.crc) throw damaged(copy, `unpacks to ${bytes} bytes (${crc.toString(16)}) instead of ${packed.sourceBytes} (${packed.crc.toString(16)})`)
  expectBytes(copy, trailer(packed.sourceBytes, packed.crc), position)
}

function unpackPieces (copy: Descriptor, lengths: readonly number[]): { bytes: number, crc: number, position: number } {
  let window: Buffer = Buffer.alloc(0)
  let position = header.length
  let bytes = 0
  let crc = 0
  for (const length of lengths) {
    // With a last block of its own behind it, a piece must be valid to its last bit, and end exactly there.
    const piece = Buffer.concat([readExactly(copy, position, length), lastBlock])
    const content = unpackPiece(copy, piece, window)
    position += length
    bytes += content.length
    crc = sum(content, crc)
    window = endOf(window, content)
  }
  return { bytes, crc, position }
}

function unpackPiece (copy: Descriptor, piece: Buffer, window: Buffer): Buffer {
  const options = { chunkSize: pieceBytes + 1, maxOutputLength: pieceBytes + 1, info: true, ...dictionaryOf(window) }
  try {
    // With `info`, which its types leave out, it also tells how much of its input it has used.
    const { buffer, engine } = zlib.inflateRawSync(piece, options) as unknown as { buffer: Buffer, engine: { bytesWritten: number } }
    if (engine.bytesWritten === piece.length) return buffer
    throw damaged(copy, 'ends before its end')
  } catch (error) {
    if (/^Z_(DATA|BUF)_ERROR$|^ERR_BUFFER_TOO_LARGE$/.test(errnoOf(error))) throw damaged(copy, `cannot be unpacked: ${String(error)}`, error)
    throw error
  }
}

function expectBytes (copy: Descriptor, expected: Buffer, position: number): void {
  if (!readExactly(copy, position, expected.length).equals(expected)) throw damaged(copy, `is not what was written at byte ${position}`)
}

function damaged ({ path }: Descriptor, message: string, cause?: unknown): CompressError {
  return new CompressError('ERR_ROTOR_COPY_DAMAGED', path, message, cause)
}

function dictionaryOf (window: Buffer): { dictionary?: Buffer } {
  return window.length === 0 ? {} : { dictionary: window }
}

function endOf (window: Buffer, content: Buffer): Buffer {
  if (content.length >= windowBytes) return Buffer.from(content.subarray(-windowBytes))
  return Buffer.concat([window, content]).subarray(-windowBytes)
}

function sum (content: Buffer, crc: number): number {
  return crc32?.(content, crc) ?? 0
}

// gzip keeps lengths modulo 2^32.
function trailer (bytes: number, crc: number): Buffer {
  const end = Buffer.alloc(lastBlock.length + 8)
  lastBlock.copy(end)
  end.writeUInt32LE(crc, lastBlock.length)
  end.writeUInt32LE(bytes % 2 ** 32, lastBlock.length + 4)
  return end
}

function statsOf ({ fd, path }: Descriptor): BigIntStats {
  return named(path, () => fstatSync(fd, { bigint: true }))
}

// Fewer bytes than asked for only where the file ends.
function readFully ({ fd, path }: Descriptor, into: Buffer, position: number): number {
  let filled = 0
  while (filled < into.length) {
    const bytes = named(path, () => readSync(fd, into, filled, into.length - filled, position + filled))
    if (bytes === 0) break
    filled += bytes
  }
  return filled
}

function readExactly (file: Descriptor, position: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length)
  if (readFully(file, bytes, position) < length) throw damaged(file, `ends before byte ${position + length}`)
  return bytes
}

class Output {
  readonly #file: Descriptor
  bytes = 0

  constructor (file: Descriptor) {
    this.#file = file
  }

  write (data: Buffer): void {
    const { fd, path } = this.#file
    for (let done = 0; done < data.length;) {
      const taken = named(path, () => writeSync(fd, data, done, data.length - done, this.bytes))
      if (taken === 0) throw new CompressError('ERR_ROTOR_WRITE_STALLED', path, 'takes no bytes and gives no reason')
      done += taken
      this.bytes += taken
    }
  }
}

/** Runs the action; what it throws names the file, as calls on a descriptor do not. */
export function named<Result> (path: string, action: () => Result): Result {
  try {
    return action()
  } catch (error) {
    throw isError(error) ? Object.assign(error, { path }) : error
  }
}
