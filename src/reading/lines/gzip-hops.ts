// Goes from header to header through a gzip archive, without unpacking. A header is believed only if the file agrees: the
// block's trailer must be where the header says, and the next header, or the end, right after it.
import { readSync } from 'node:fs'
import { uninterrupted } from '../../disk/errno.js'
import { blockHeaderBytes, headerBytesMax, parseBlockHeader, type BlockHeader } from '../../policy/blocks/block-header.js'

export interface Block {
  readonly position: number
  readonly header: BlockHeader
  readonly headerBytes: number
}

/** A stretch of a gzip file, open for reading. */
export interface GzipPlace {
  readonly descriptor: number
  readonly from: number
  readonly to: number
}

/** Long enough for most headers. One read then covers a trailer and the next header. */
const lookBytesMin = 4 * 1024
const searchBytes = 256 * 1024
const trailerBytes = 8
const gzipMagic = Buffer.from([0x1f, 0x8b, 8])
/** The common beginning of all block headers. */
const headerStart = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 3])
/** Each stretch of bytes that only begins like a header costs time. After so many, no more headers are searched for. */
const lookalikesMax = 1000

export class GzipHops {
  readonly #place: GzipPlace
  /** What was read last. */
  #window: Buffer = Buffer.alloc(0)
  /** Memory for the next read. It takes turns with the window's, so that what a header points to outlasts one read. */
  #memory: Buffer = Buffer.alloc(0)
  #windowMemory: Buffer = Buffer.alloc(0)
  #windowAt = 0
  #lookBytes = lookBytesMin
  #lookalikes = 0

  constructor (place: GzipPlace) {
    this.#place = place
  }

  /** The block that begins at the position; null unless its end confirms its length. Its filters are valid until the next call. */
  blockAt (position: number): Block | null {
    const start = this.#read(position, this.#lookBytes)
    const headerBytes = blockHeaderBytes(start)
    if (headerBytes === null) return null
    // The next header is probably as long as this one.
    this.#lookBytes = Math.min(headerBytesMax, Math.max(lookBytesMin, headerBytes + 512))
    const parsed = parseBlockHeader(headerBytes <= start.length ? start : this.#read(position, headerBytes))
    if (parsed === null) return null
    const block = { position, ...parsed }
    return this.#isConfirmed(block) ? block : null
  }

  /** The header at the position, even if the file does not confirm it. */
  headerAt (position: number): BlockHeader | null {
    return parseBlockHeader(this.#read(position, headerBytesMax))?.header ?? null
  }

  /** The position of the next valid block header, at or after the given one; the end of the stretch if there is none. */
  find (position: number): number {
    const { to } = this.#place
    for (let at = position; at < to && this.#lookalikes < lookalikesMax;) {
      const bytes = this.#read(at, searchBytes)
      const found = bytes.indexOf(headerStart)
      if (found === -1 && bytes.length < searchBytes) return to
      if (found !== -1 && this.headerAt(at + found) !== null) return at + found
      if (found !== -1) this.#lookalikes++
      at += found === -1 ? bytes.length - headerStart.length + 1 : found + 1
    }
    return to
  }

  #isConfirmed ({ position, header: { memberBytes, linesBytes, linesChecksum } }: Block): boolean {
    const end = position + memberBytes
    const { to } = this.#place
    if (end > to) return false
    const bytes = this.#read(end - trailerBytes, trailerBytes + this.#lookBytes)
    if (bytes.length < trailerBytes || bytes.readUInt32LE(0) !== linesChecksum || bytes.readUInt32LE(4) !== linesBytes % 2 ** 32) return false
    return end === to || bytes.subarray(trailerBytes, trailerBytes + gzipMagic.length).equals(gzipMagic)
  }

  // The header after a block was read together with its trailer.
  #read (position: number, length: number): Buffer {
    const wanted = Math.min(length, this.#place.to - position)
    const offset = position - this.#windowAt
    if (offset >= 0 && offset + wanted <= this.#window.length) return this.#window.subarray(offset, offset + wanted)
    const memory = this.#memory.length < wanted ? Buffer.allocUnsafeSlow(wanted) : this.#memory
    const bytes = memory.subarray(0, Math.max(0, wanted))
    let filled = 0
    while (filled < bytes.length) {
      const from = filled
      const read = uninterrupted(() => readSync(this.#place.descriptor, bytes, from, bytes.length - from, position + from))
      if (read === 0) break
      filled += read
    }
    this.#memory = this.#windowMemory
    this.#windowMemory = memory
    this.#window = bytes.subarray(0, filled)
    this.#windowAt = position
    return this.#window
  }
}
