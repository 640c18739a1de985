// Appends lines to a descriptor to which other writers append too. Each write is one system call through SonicBoom, and its
// bytes are counted. SonicBoom alone would go on after a short write at the file's end, wherever that is by then. A line
// that was written in part is completed in place if no other writer wrote behind it. Otherwise a newline replaces the part's
// last byte, which needs no room on a full disk, and the whole line is written again.
import { constants, fstatSync, ftruncateSync, openSync, readFileSync, readSync, writeSync } from 'node:fs'
import SonicBoom from 'sonic-boom'
import { closeQuietly } from '../close.js'
import { uninterrupted, unless } from '../errno.js'
import { hasProc } from '../../platform/operating-system.js'

const nothing: Buffer = Buffer.alloc(0)
const newline = 0x0a
/** Node's permission model may forbid reading `/proc`. */
const accessDenied = 'ERR_ACCESS_DENIED'
/** After this many writes that bring the lines no further, the rest waits: the disk takes no bytes, or another writer comes between each time. */
const vainWritesMax = 100

class ShortWrite extends Error {}

export class Appender {
  readonly #descriptor: number
  #boom: SonicBoom
  #offeredBytes = 0
  #tookBytes = 0
  #refusal: Error | null = null
  #given = nothing
  /** How many of the given bytes are in the file. All their lines are whole, except possibly the last. */
  #takenBytes = 0
  /** Where the partly written last line ends in the file; null if the last write ended a line. */
  #cutAt: number | null = null

  constructor (descriptor: number) {
    this.#descriptor = descriptor
    this.#boom = this.#newBoom()
  }

  /** How many of the given bytes are not in the file yet. */
  get unwrittenBytes (): number {
    return this.#given.length - this.#takenBytes
  }

  /** Appends the lines. Returns the error if the disk refused some of their bytes. Then call `keep`, and later `resume`. */
  append (lines: Buffer): Error | null {
    this.#given = lines
    this.#takenBytes = 0
    return this.resume()
  }

  /** Copies lines of which the disk refused some, and continues with the copy. The caller may reuse its memory. */
  keep (lines: Buffer): Buffer {
    const copy = Buffer.from(lines)
    if (this.#given === lines) this.#given = copy
    return copy
  }

  /** Offers refused bytes to the disk again. Returns the error if the disk still refuses. */
  resume (): Error | null {
    try {
      let leastBytes = Infinity
      for (let vainWrites = 0; this.unwrittenBytes > 0; vainWrites++) {
        if (this.unwrittenBytes < leastBytes) vainWrites = 0
        leastBytes = Math.min(leastBytes, this.unwrittenBytes)
        if (vainWrites === vainWritesMax) return stalled()
        const error = this.#cutAt === null ? this.#write(this.#given.length) : this.#continueLine(this.#cutAt)
        if (error !== null) return error
      }
    } catch (error) {
      return error as Error // The file could not be looked at.
    }
    this.#given = nothing
    this.#takenBytes = 0
    return null
  }

  #write (to: number): Error | null {
    const isWhole = this.#takenBytes === 0 && to === this.#given.length
    this.#offer(isWhole ? this.#given : this.#given.subarray(this.#takenBytes, to))
    this.#takenBytes += this.#tookBytes
    const isBetweenLines = this.unwrittenBytes === 0 || this.#takenBytes === 0 || this.#given[this.#takenBytes - 1] === newline
    this.#cutAt = isBetweenLines ? null : this.#endOfLastWrite()
    return this.#refusal
  }

  #continueLine (cutAt: number): Error | null {
    const start = this.#given.lastIndexOf(newline, this.#takenBytes - 1) + 1
    if (fstatSync(this.#descriptor).size !== cutAt) return this.#beginAnew(start, [cutAt])
    const end = this.#given.indexOf(newline, this.#takenBytes) + 1
    const error = this.#write(end === 0 ? this.#given.length : end)
    if (this.#tookBytes === 0) return error
    const endOfWrite = this.#endOfLastWrite()
    if (endOfWrite - this.#tookBytes === cutAt) return error
    // Another writer wrote between the look and the write.
    return this.#beginAnew(start, this.#cutAt === null ? [cutAt] : [cutAt, endOfWrite]) ?? error
  }

  // A part that cannot be closed now is closed with the next attempt.
  #beginAnew (start: number, cuts: readonly number[]): Error | null {
    try {
      for (const cut of cuts) this.endPart(cut)
    } catch (error) {
      return error as Error
    }
    this.#takenBytes = start
    this.#cutAt = null
    return null
  }

  /**
   * Removes the part of a line that was written last, so that the whole line can be written into another file. If other
   * writers may use the file, the part is ended instead, because a truncation could cut their lines.
   */
  removePart (isAlone: boolean): void {
    const cutAt = this.#cutAt
    if (cutAt === null) return
    const start = this.#given.lastIndexOf(newline, this.#takenBytes - 1) + 1
    const partBytes = this.#takenBytes - start
    if (isAlone && fstatSync(this.#descriptor).size === cutAt) ftruncateSync(this.#descriptor, cutAt - partBytes)
    else this.endPart(cutAt)
    this.#takenBytes = start
    this.#cutAt = null
  }

  // With O_APPEND every write goes to the end, so the file is opened again without it. Only Linux can do that without the
  // name.
  /** Ends the part of a line that ends at that byte: a newline replaces its last byte, which needs no room. */
  endPart (end: number): void {
    if (fstatSync(this.#descriptor).size < end) return // It was truncated.
    if (readByte(this.#descriptor, end) === newline || !hasProc()) return
    const descriptor = unless(['ENOENT', 'EACCES', 'EPERM', accessDenied], () => openSync(`/proc/self/fd/${this.#descriptor}`, constants.O_WRONLY))
    if (descriptor === null) return
    try {
      writeSync(descriptor, Buffer.of(newline), 0, 1, end - 1)
    } finally {
      closeQuietly(descriptor)
    }
  }

  // Linux tells the exact position. Other systems take the file's end.
  #endOfLastWrite (): number {
    const told = !hasProc() ? null : unless(['ENOENT', 'EACCES', 'EMFILE', 'ENFILE', accessDenied], () => readFileSync(`/proc/self/fdinfo/${this.#descriptor}`, 'latin1'))
    const position = /^pos:\s*(\d+)$/m.exec(told ?? '')?.[1]
    return position === undefined ? fstatSync(this.#descriptor).size : Number(position)
  }

  #offer (bytes: Buffer): void {
    this.#refusal = null
    this.#tookBytes = 0
    this.#offeredBytes = bytes.length
    // SonicBoom's types allow strings only. In this content mode it takes buffers and counts their bytes.
    this.#boom.write(bytes as unknown as string)
    // This class offers the bytes that SonicBoom still holds. A new SonicBoom continues.
    if (this.#tookBytes < bytes.length) this.#boom = this.#newBoom()
  }

  #newBoom (): SonicBoom {
    // EAGAIN is reported like any other refusal. SonicBoom would sleep on it again and again.
    const boom = new SonicBoom({ fd: this.#descriptor, sync: true, contentMode: 'buffer', retryEAGAIN: () => false })
    boom.on('write', (tookBytes: number) => {
      this.#tookBytes = tookBytes
      if (tookBytes < this.#offeredBytes) throw new ShortWrite() // It stops here, as at any error.
    })
    boom.on('error', (error: Error) => { if (!(error instanceof ShortWrite)) this.#refusal = error })
    return boom
  }
}

function stalled (): Error {
  return Object.assign(new Error('writes bring the lines no further: the disk takes no bytes, or other writers come between each time'), { code: 'ERR_ROTOR_WRITE_STALLED' })
}

/** The byte of the file at that position; undefined beyond its end. */
export function readByte (descriptor: number, position: number): number | undefined | 'unreadable' {
  const byte = Buffer.alloc(1)
  // A descriptor that may only write answers EBADF.
  const count = unless(['EBADF'], () => uninterrupted(() => readSync(descriptor, byte, 0, 1, position)))
  if (count === null) return 'unreadable'
  return count === 1 ? byte[0] : undefined
}
