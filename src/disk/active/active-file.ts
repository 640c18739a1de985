// One file that is being appended to, through SonicBoom that is never reopened: its `reopen` leaves close handlers
// behind that can hit a descriptor which was given to another file meanwhile. It writes at once (`sync`), and what the
// disk refuses is kept, in order. The descriptor stays ours to sync and to close.
import { constants, fstatSync, fsyncSync, openSync, writeSync, type BigIntStats, type Stats } from 'node:fs'
import { closeQuietly } from '../close.js'
import { RotorFileTypeError } from '../../errors.js'
import { isWindows } from '../../platform.js'
import { Appender, readByte } from './appender.js'
import { errnoOf, unless } from '../errno.js'
import { identityOf, statsIfSame, type FileIdentity } from '../file-identity.js'
import { keepRights, type LostRights, type Model } from '../rights/keep-rights.js'
import { isSealed } from '../seal.js'

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDWR, O_WRONLY } = constants
// O_NONBLOCK: a pipe without a reader would block the opening for ever. O_NOFOLLOW: the file behind a link is not ours.
const appending = O_APPEND | O_NOFOLLOW | O_NONBLOCK
/** Between two calls, other writers may remove the file or make it. */
const openAttemptsMax = 5

const nothing: Buffer = Buffer.alloc(0)
const newline = 0x0a

/** A file that grows between so many looks has living writers, who end their lines. */
const looksMax = 100

export interface OpenOptions {
  readonly mode: number
  /** fsync after each write. */
  readonly fsync: boolean
}

export class ActiveFile {
  readonly #descriptor: number
  readonly #identity: FileIdentity
  readonly #fsync: boolean
  readonly #appender: Appender
  #isClosed = false
  /** Bytes that the file holds, those included that the disk has refused so far. */
  sizeBytes: number
  /** What it could not be given of the rights that it was to take over. */
  lostRights: LostRights | null = null

  private constructor (descriptor: number, stats: BigIntStats, fsync: boolean) {
    this.#descriptor = descriptor
    this.#identity = identityOf(stats)
    this.#fsync = fsync
    this.sizeBytes = Number(stats.size)
    this.#appender = new Appender(descriptor)
  }

  // The kernel may refuse O_CREAT for a file of another owner that is there already (`fs.protected_regular`).
  /** Opens the file for appending, or creates it. Throws if the path leads to anything else than a regular file. */
  static open (path: string, options: OpenOptions): ActiveFile {
    for (let attempt = 1; attempt < openAttemptsMax; attempt++) {
      const file = unless(['ENOENT'], () => ActiveFile.openExisting(path, options)) ?? unless(['EEXIST'], () => ActiveFile.create(path, options))
      if (file !== null) return file
    }
    return ActiveFile.openExisting(path, options)
  }

  /** Creates the file. Throws EEXIST if there is one. */
  static create (path: string, options: OpenOptions): ActiveFile {
    return ActiveFile.#adopt(path, openSync(path, O_RDWR | appending | O_CREAT | O_EXCL, options.mode), options)
  }

  // The right to append is enough (mode 0620). The file cannot be read then.
  /** Opens the file for appending. Throws ENOENT if there is none. */
  static openExisting (path: string, options: OpenOptions): ActiveFile {
    const descriptor = unless(['EACCES'], () => openSync(path, O_RDWR | appending)) ?? openSync(path, O_WRONLY | appending)
    return ActiveFile.#adopt(path, descriptor, options)
  }

  static #adopt (path: string, descriptor: number, options: OpenOptions): ActiveFile {
    try {
      const stats = fstatSync(descriptor, { bigint: true })
      if (!stats.isFile()) throw new RotorFileTypeError(path)
      return new ActiveFile(descriptor, stats, options.fsync)
    } catch (error) {
      closeQuietly(descriptor)
      throw error
    }
  }

  /** Appends the bytes. Returns the error where the disk refused some of them. Then call `keep`, and later `resume`. */
  append (bytes: Buffer): Error | null {
    this.sizeBytes += bytes.length
    return this.#appender.append(bytes) ?? this.#sync()
  }

  /** Copies bytes of which the disk refused some, and goes on with the copy. Their own memory may be used again. */
  keep (bytes: Buffer): Buffer {
    return this.#appender.keep(bytes)
  }

  /** Offers what was refused to the disk again. Returns the error where it still refuses. */
  resume (): Error | null {
    return this.#appender.resume() ?? this.#sync()
  }

  // Not left to SonicBoom, out of which an fsync that fails is thrown.
  #sync (): Error | null {
    if (!this.#fsync) return null
    try {
      fsyncSync(this.#descriptor)
      return null
    } catch (error) {
      return error as Error
    }
  }

  stats (): Stats {
    return fstatSync(this.#descriptor)
  }

  /** Tells whether the path still names this file, and sets the size right, since others may append too. */
  refresh (path: string): boolean {
    // The name of a removed file stays on Windows until the file is closed.
    if (isWindows() && this.isNameless()) return false
    const stats = this.#statsIfAt(path)
    if (stats === null) return false
    this.sizeBytes = Number(stats.size)
    return true
  }

  /** Sets the size right, since others may append too. A file that cannot be asked keeps the size that it seems to have. */
  correctSize (): void {
    try {
      this.sizeBytes = this.stats().size
    } catch {}
  }

  /** Takes over the rights of the model, as the file that is at this path. */
  resemble (path: string, model: Model): void {
    this.lostRights = keepRights({ path, descriptor: this.#descriptor }, [model])
  }

  /** Whether the path still names this file, as far as can be told. */
  isAt (path: string): boolean {
    try {
      return this.isAlso(path)
    } catch {
      return true
    }
  }

  /** Whether the path leads to this file. Throws where that cannot be told. */
  isAlso (path: string): boolean {
    return this.#statsIfAt(path) !== null
  }

  #statsIfAt (path: string): BigIntStats | null {
    return statsIfSame(path, { descriptor: this.#descriptor, identity: this.#identity })
  }

  /** Whether no second name leads to the file. */
  hasOneName (): boolean {
    return this.stats().nlink <= 1
  }

  /** Whether no name leads to the file any more: what is written into it is lost when it is closed. */
  isNameless (): boolean {
    return this.#isRemoved(() => true)
  }

  /** Whether nothing was written into the file since a sweeper sealed it: all of it is in a copy, or the file stays. */
  isSealed (): boolean {
    try {
      return isSealed(this.stats().mtimeMs)
    } catch {
      return false
    }
  }

  /** Whether it was removed and what was written into it is kept nowhere. */
  isLost (): boolean {
    return this.#isRemoved(({ mtimeMs }) => !isSealed(mtimeMs))
  }

  #isRemoved (asWell: (stats: Stats) => boolean): boolean {
    if (this.#isClosed) return true // It is closed early only if it was removed.
    try {
      const stats = this.stats()
      return stats.nlink === 0 && asWell(stats)
    } catch (error) {
      // So a network file system says it. Whatever else keeps it from being looked at is no reason to think it is gone.
      return errnoOf(error) === 'ESTALE'
    }
  }

  /** How many of the bytes given last are not in the file yet. */
  get unwrittenBytes (): number {
    return this.#appender.unwrittenBytes
  }

  /** Removes the part of a line that the file took last. The next `resume` writes that line as a whole. */
  removePart (isAlone: boolean): void {
    this.#appender.removePart(isAlone)
  }

  /** Ends a torn last line without a byte more: a newline replaces its last byte. */
  endLineInPlace (): void {
    this.#appender.endPart(this.stats().size)
  }

  /** Whether the last line was cut off, for example by a crash, and no other writer is ending it at this moment. */
  endsTorn (): boolean {
    for (let look = 0; look < looksMax; look++) {
      const { size } = this.stats()
      if (size === 0 || this.#mayEndWithNewline(size)) return false
      // The write of another shows bit by bit while it is under way. Writing nothing waits until it is through.
      writeSync(this.#descriptor, nothing)
      if (this.stats().size === size) return true
    }
    return false
  }

  // A file that may only be appended to cannot be read, and counts as whole.
  #mayEndWithNewline (size: number): boolean {
    const last = readByte(this.#descriptor, size - 1)
    return last === 'unreadable' || last === newline
  }

  /** Closes the file if no name leads to it any more. */
  closeIfRemoved (): void {
    if (this.isNameless()) this.close()
  }

  /** Closes the descriptor. SonicBoom has nothing under way between two calls, and is not called again. */
  close (): void {
    if (this.#isClosed) return
    this.#isClosed = true
    closeQuietly(this.#descriptor)
  }
}
