// A file that stays open while it is read, so that rotation, compression and removal take nothing away from the reader.
import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import type { FileDescription } from '../disk/archive-folder.js'
import { errnoOf } from '../disk/errno.js'
import { retryWhileHeld } from '../disk/held-files.js'
import { identityOf, isSameFile, statsIfSame, type FileIdentity } from '../disk/file-identity.js'
import { OpenFile } from '../disk/open-file.js'
import { bytesSinceSeal, isSealed, writtenSeconds } from '../disk/seal-mark.js'

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
const newline = 0x0a
const endSearchBytes = 64 * 1024
const flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK
/** Only Linux has it. */
const withoutAccessTime = 'O_NOATIME' in constants ? constants.O_NOATIME : 0

export interface ContentBeforeSeal {
  readonly modifiedMs: number
  /** Whether the time is cut off to the second. */
  readonly isToSecond: boolean
  readonly bytes: number
}

export class HeldFile {
  readonly path: string
  readonly file: OpenFile
  readonly #descriptor: number
  readonly #identity: FileIdentity
  #position = 0

  private constructor (path: string, identity: FileIdentity, handle: FileHandle) {
    this.path = path
    this.#descriptor = handle.fd
    this.#identity = identity
    this.file = new OpenFile(path, handle)
  }

  /** Opens the file; null if it is missing. */
  static async open (path: string): Promise<HeldFile | null> {
    let handle: FileHandle
    try {
      handle = await retryWhileHeld(() => openUntouched(path))
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return null // rotated, compressed or removed a moment ago
      throw error
    }
    try {
      return new HeldFile(path, identityOf(await handle.stat({ bigint: true })), handle)
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  /** For calls that take no handle. It is closed with the file. */
  get descriptor (): number {
    return this.#descriptor
  }

  /** Whether the path leads to this file now. */
  isAt (path: string): boolean {
    return statsIfSame(path, { descriptor: this.#descriptor, identity: this.#identity }) !== null
  }

  /** Whether a listed file is this one under a second name. */
  isAlso (path: string, { identity, linkCount }: Pick<FileDescription, 'identity' | 'linkCount'>): boolean {
    return isSameFile(identity, this.#identity) || (linkCount > 1 && this.isAt(path))
  }

  /** How much of it was handed over. */
  get position (): number {
    return this.#position
  }

  /** How many bytes it holds. */
  async sizeBytes (): Promise<number> {
    return Number((await this.file.stats()).size)
  }

  /** Hands over what was appended since the last call, to the file's present end or to the given one. A piece in a given buffer is valid until the next one. */
  async readOn (take: (piece: Buffer) => Promise<void>, toBytes?: number, buffer?: Buffer): Promise<void> {
    const sizeBytes = toBytes ?? await this.sizeBytes()
    // The file was truncated, for example by logrotate's copytruncate. Everything in it is new.
    if (sizeBytes < this.#position) this.#position = 0
    if (sizeBytes === this.#position) return
    const pieces = buffer === undefined ? this.file.chunks(this.#position, sizeBytes) : this.file.refills(buffer, this.#position, sizeBytes)
    for await (const piece of pieces) {
      this.#position += piece.length
      await take(piece)
    }
  }

  /** Reads up to that many bytes of the file's beginning. */
  async begin (bytes: number): Promise<Buffer> {
    const pieces: Buffer[] = []
    for await (const piece of this.file.chunks(0, bytes)) pieces.push(Buffer.from(piece))
    return Buffer.concat(pieces)
  }

  /** Where the last whole line ends. A line that is still being written comes after it. */
  async endOfLines (): Promise<number> {
    return await this.#afterNewline(Number((await this.file.stats()).size))
  }

  /** The last whole line before its end, without the newline: where it begins, and its first bytes, up to that many. */
  async lineThatEnds (end: number, bytesMax: number): Promise<{ readonly offset: number, readonly begin: Buffer }> {
    const offset = await this.#afterNewline(end - 1)
    return { offset, begin: await this.file.read(offset, Math.min(bytesMax, end - 1 - offset)) }
  }

  // Behind the last newline before the position.
  async #afterNewline (position: number): Promise<number> {
    for (let to = position; to > 0;) {
      const from = Math.max(0, to - endSearchBytes)
      const found = (await this.file.read(from, to - from)).lastIndexOf(newline)
      if (found !== -1) return from + found + 1
      to = from
    }
    return 0
  }

  /** Skips everything before the position. */
  readFrom (position: number): void {
    this.#position = position
  }

  /** Whether it was removed, and a delayed writer appended to it since. */
  async mayHaveGrownSinceRemoved (): Promise<boolean> {
    const { nlink, mtimeNs } = await this.file.stats()
    return nlink === 0n && !isSealed(mtimeNs)
  }

  /** How large it is, and whether a name still leads to it. */
  async condition (): Promise<{ readonly isNameless: boolean, readonly bytes: number }> {
    const { nlink, size } = await this.file.stats()
    return { isNameless: nlink === 0n, bytes: Number(size) }
  }

  /** When it was last written, and how large it was then, even if it was sealed since. */
  async contentBeforeSeal (): Promise<ContentBeforeSeal> {
    const stats = await this.file.stats()
    const bytesSince = bytesSinceSeal(stats)
    return { modifiedMs: writtenSeconds(stats) * 1_000, isToSecond: bytesSince !== null, bytes: Number(stats.size) - (bytesSince ?? 0) }
  }

  async close (): Promise<void> {
    await this.file.close()
  }
}

/** Closes what was opened if the action fails. Otherwise it stays open. */
export async function closingOnFailure<Result> (action: (opened: HeldFile[]) => Promise<Result>): Promise<Result> {
  const opened: HeldFile[] = []
  try {
    return await action(opened)
  } catch (error) {
    await Promise.allSettled(opened.map(async (held) => { await held.close() }))
    throw error
  }
}

// The last access time of a sealed file tells when it was written, so reading must not change that time. Only the owner,
// or root, may ask for this.
async function openUntouched (path: string): Promise<FileHandle> {
  try {
    return await open(path, flags | withoutAccessTime)
  } catch (error) {
    if (withoutAccessTime === 0 || errnoOf(error) !== 'EPERM') throw error
    return await open(path, flags)
  }
}
