// One file that is being appended to, through SonicBoom. SonicBoom is never reopened: its `reopen` leaves close handlers
// behind that can hit a descriptor which meanwhile belongs to another file. It writes at once (`sync`). Bytes that the disk
// refuses are kept in order. This class syncs and closes the descriptor.
import { constants, fstatSync, fsyncSync, openSync, readSync, writeSync, type BigIntStats, type Stats } from 'node:fs'
import { closeQuietly } from '../close.js'
import { RotorFileTypeError } from '../../errors.js'
import { isWindows } from '../../platform/operating-system.js'
import { Appender, readByte } from './appender.js'
import { errnoOf, uninterrupted, unless } from '../errno.js'
import { identityOf, statsIfSame, type FileIdentity } from '../file-identity.js'
import { keepRights, noteNew, prepareRights, type LostRights, type Model } from '../rights/keep-rights.js'
import { bytesSinceSeal, isSealed, sizesTold } from '../seal-mark.js'

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDWR, O_WRONLY } = constants
// O_NONBLOCK: a pipe without a reader would block the opening for ever. O_NOFOLLOW: the file behind a link is not ours.
const appending = O_APPEND | O_NOFOLLOW | O_NONBLOCK
/** Between two calls, other writers may remove or create the file. */
const openAttemptsMax = 5

const nothing: Buffer = Buffer.alloc(0)
const newline = 0x0a

/** A file that still grows after so many looks has living writers, and they end their own lines. */
const looksMax = 100

export interface OpenOptions {
  readonly mode: number
  /** fsync after each write. */
  readonly fsync: boolean
}

/** The end of a removed file, and the offset in it at which the file was sealed. */
export interface AcrossSeal { readonly bytes: Buffer, readonly sealedAt: number }

export class ActiveFile {
  readonly #descriptor: number
  readonly #identity: FileIdentity
  readonly #fsync: boolean
  readonly #appender: Appender
  #isClosed = false
  #hadSecondName = false
  #isNew = false
  /** The file's size when it was last seen at its path. */
  #bytesInPlace: number
  /** The file's size, including bytes that the disk has refused so far. */
  sizeBytes: number
  /** Rights of the model that the file could not get. */
  lostRights: LostRights | null = null

  private constructor (descriptor: number, stats: BigIntStats, fsync: boolean) {
    this.#descriptor = descriptor
    this.#identity = identityOf(stats)
    this.#fsync = fsync
    this.sizeBytes = this.#bytesInPlace = Number(stats.size)
    this.#appender = new Appender(descriptor)
  }

  // The kernel may refuse O_CREAT for an existing file of another owner (`fs.protected_regular`).
  /** Opens the file for appending, or creates it. Throws if the path leads to anything else than a regular file. */
  static open (path: string, options: OpenOptions): ActiveFile {
    for (let attempt = 1; attempt < openAttemptsMax; attempt++) {
      const file = unless(['ENOENT'], () => ActiveFile.openExisting(path, options)) ?? unless(['EEXIST'], () => ActiveFile.#createNoted(path, options))
      if (file !== null) return file
    }
    return ActiveFile.openExisting(path, options)
  }

  /** Creates the file. Throws EEXIST if there is one. */
  static create (path: string, options: OpenOptions): ActiveFile {
    return ActiveFile.#adopt(path, createEmpty(path, options), options)
  }

  static #createNoted (path: string, options: OpenOptions): ActiveFile {
    const file = ActiveFile.#adopt(path, createEmpty(path, options), options, (stats) => { noteNew({ path, stats }) })
    file.#isNew = true
    return file
  }

  // The right to append is enough (mode 0620). The file cannot be read then.
  /** Opens the file for appending. Throws ENOENT if there is none. */
  static openExisting (path: string, options: OpenOptions): ActiveFile {
    const descriptor = unless(['EACCES'], () => openSync(path, O_RDWR | appending)) ?? openSync(path, O_WRONLY | appending)
    return ActiveFile.#adopt(path, descriptor, options)
  }

  static #adopt (path: string, descriptor: number, options: OpenOptions, note: (stats: BigIntStats) => void = ignore): ActiveFile {
    try {
      const stats = fstatSync(descriptor, { bigint: true })
      if (!stats.isFile()) throw new RotorFileTypeError(path)
      note(stats)
      return new ActiveFile(descriptor, stats, options.fsync)
    } catch (error) {
      closeQuietly(descriptor)
      throw error
    }
  }

  /** Whether `open` created the file, because there was none at the path. */
  get isNew (): boolean {
    return this.#isNew
  }

  /** Appends the bytes. Returns the error if the disk refused some of them. Then call `keep`, and later `resume`. */
  append (bytes: Buffer): Error | null {
    this.sizeBytes += bytes.length
    return this.#appender.append(bytes) ?? this.#sync()
  }

  /** Copies bytes of which the disk refused some, and continues with the copy. The caller may reuse its memory. */
  keep (bytes: Buffer): Buffer {
    return this.#appender.keep(bytes)
  }

  /** Offers refused bytes to the disk again. Returns the error if the disk still refuses. */
  resume (): Error | null {
    return this.#appender.resume() ?? this.#sync()
  }

  // Not left to SonicBoom, which throws when an fsync fails.
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

  /** Tells whether the path still names this file. Corrects the size, since other writers may append too. */
  refresh (path: string): boolean {
    // The name of a removed file stays on Windows until the file is closed.
    if (isWindows() && this.isNameless()) return false
    const stats = this.#statsIfAt(path)
    if (stats === null) return false
    this.sizeBytes = this.#bytesInPlace = Number(stats.size)
    this.#hadSecondName = stats.nlink > 1n
    return true
  }

  /** Corrects the size, since other writers may append too. Keeps the known size if the file cannot be looked at. */
  correctSize (): void {
    try {
      this.sizeBytes = this.stats().size
    } catch {}
  }

  /** Gives the file the model's rights. The path is the file's present name. */
  resemble (path: string, model: Model): void {
    this.lostRights = keepRights({ path, descriptor: this.#descriptor }, [model])
  }

  /** Finds out ahead which rights the file's successor gets. The path is the file's present name. */
  async prepareSuccessor (path: string): Promise<void> {
    await prepareRights({ path, stats: this.stats() })
  }

  /** Whether the path still names this file. True if that cannot be told. */
  isAt (path: string): boolean {
    try {
      return this.isAlso(path)
    } catch {
      return true
    }
  }

  /** Whether the path leads to this file. Throws if that cannot be told. */
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

  /** Whether another program may have given the file a name of its own: there are several names, or were when it was last in place. */
  mayHaveForeignName (): boolean {
    try {
      return this.#hadSecondName || !this.hasOneName()
    } catch {
      return false
    }
  }

  /** Whether no name leads to the file any more. Its content is then lost when it is closed. */
  isNameless (): boolean {
    return this.#isRemoved(() => true)
  }

  /**
   * Whether nothing was written into the file since a sweeper sealed it. Its whole content is then in a copy, or the file
   * stays. Throws where that cannot be told.
   */
  isSealed (): boolean {
    return !this.#isClosed && isSealed(this.stats().mtimeMs)
  }

  /**
   * Returns what the removed file took since it was sealed, and up to so many bytes before that. Null if the file does not
   * tell when it was sealed, or may not be read. Throws if the disk fails.
   */
  readAcrossSeal (bytesBefore: number): AcrossSeal | null {
    const stats = fstatSync(this.#descriptor, { bigint: true })
    const sizeBytes = Number(stats.size)
    const bytesSince = bytesSinceSeal(stats)
    // The seal came after the last look. If more was written since than the mark can tell, it may tell of another size.
    if (bytesSince === null || bytesSince > sizeBytes - this.#bytesInPlace || sizeBytes - this.#bytesInPlace >= sizesTold) return null
    const from = Math.max(0, sizeBytes - bytesSince - bytesBefore)
    const bytes = Buffer.alloc(sizeBytes - from)
    // A descriptor that may only write answers EBADF.
    const readBytes = unless(['EBADF'], () => uninterrupted(() => readSync(this.#descriptor, bytes, 0, bytes.length, from)))
    return readBytes === bytes.length ? { bytes, sealedAt: sizeBytes - bytesSince - from } : null
  }

  /** Whether the file was removed and its content is not kept elsewhere. */
  isLost (): boolean {
    return this.#isRemoved(({ mtimeMs }) => !isSealed(mtimeMs))
  }

  #isRemoved (asWell: (stats: Stats) => boolean): boolean {
    if (this.#isClosed) return true // It is closed early only if it was removed.
    try {
      const stats = this.stats()
      return stats.nlink === 0 && asWell(stats)
    } catch (error) {
      // A network file system reports a removed file this way. Any other error is no proof that the file is gone.
      return errnoOf(error) === 'ESTALE'
    }
  }

  /** How many of the bytes given last are not in the file yet. */
  get unwrittenBytes (): number {
    return this.#appender.unwrittenBytes
  }

  /** Removes the part of a line that the file took last. The next `resume` writes the whole line. */
  removePart (isAlone: boolean): void {
    this.#appender.removePart(isAlone)
  }

  /** Ends a torn last line without a byte more: a newline replaces its last byte. */
  endLineInPlace (): void {
    this.#appender.endPart(this.stats().size)
  }

  /** Whether the last line was cut off, for example by a crash, and no other writer is completing it now. */
  endsTorn (): boolean {
    for (let look = 0; look < looksMax; look++) {
      const { size } = this.stats()
      if (size === 0 || this.#mayEndWithNewline(size)) return false
      // Another process's write becomes visible bit by bit while it is under way. Writing nothing waits for its end.
      writeSync(this.#descriptor, nothing)
      if (this.stats().size === size) return true
    }
    return false
  }

  // A file that this process may only append to cannot be read. It counts as whole.
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

function createEmpty (path: string, { mode }: OpenOptions): number {
  return openSync(path, O_RDWR | appending | O_CREAT | O_EXCL, mode)
}

function ignore (): void {}
