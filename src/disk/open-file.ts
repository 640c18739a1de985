// Files for making a copy: complete reads and writes, errors that name their file, and a new file that stays only if every
// step succeeded.
import { constants, unlinkSync, type BigIntStats } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { isError, RotorFileTypeError } from '../errors.js'
import { CompressError } from './compress/compress-error.js'
import { errnoOf, ignoreMissing, uninterruptedLater } from './errno.js'
import { setTimes, syncHandle } from './handle-calls.js'
import { retryWhileHeld } from './held-files.js'
import { keepRightsAside, type LostRights, type Model } from './rights/keep-rights.js'

// Streams use 64 KiB by default. At that size, a fifth of the time goes into passing chunks on.
export const chunkBytes = 256 * 1024

// A pipe would block the opening for ever. A file behind a link is not a file of the log.
const forReading = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
const forCopying = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW

/** Some file systems have no times, or nothing to sync. */
const unsupported = ['EINVAL', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP']

/** Opens the file, which must be a regular one, runs the action on it, and closes it. */
export async function readFrom<Result> (path: string, action: (file: OpenFile) => Promise<Result>): Promise<Result> {
  const file = new OpenFile(path, await retryWhileHeld(() => open(path, forReading)))
  try {
    if (!(await file.stats()).isFile()) throw new RotorFileTypeError(path)
    return await action(file)
  } finally {
    await file.close()
  }
}

/** Creates the file and runs the action on it. The file stays only if the action and the closing succeed. */
export async function createFile<Result> (path: string, signal: AbortSignal, action: (file: OpenFile) => Promise<Result>, mode = 0o600): Promise<Result> {
  signal.throwIfAborted()
  const file = new OpenFile(path, await open(path, forCopying, mode))
  try {
    const result = await untilAborted(action(file), signal)
    await file.close()
    return result
  } catch (error) {
    await discard(path, error, signal)
    const closed = Promise.allSettled([file.close()]) // The caller needs the earlier error.
    // Closing waits for a call under way, perhaps an fsync. An aborted caller does not wait.
    if (!signal.aborted) await closed
    throw error
  }
}

/** Settles like the work, or rejects with the signal's reason as soon as that is aborted. */
async function untilAborted<Result> (work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const settled = new AbortController()
  const aborted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => { resolve() }, { once: true, signal: settled.signal })
  })
  try {
    await Promise.race([Promise.allSettled([work]), aborted])
    signal.throwIfAborted()
    return await work
  } finally {
    settled.abort()
  }
}

// A file that cannot be removed now is removed at the next start. The reason is attached to the first error.
async function discard (path: string, error: unknown, signal: AbortSignal): Promise<void> {
  const remove = (): void => { ignoreMissing(() => { unlinkSync(path) }) }
  try {
    if (signal.aborted) remove()
    else await retryWhileHeld(remove)
  } catch (removal) {
    if (isError(error)) error.cause ??= removal
  }
}

/** A file handle whose errors name their file, and whose reads and writes are complete. */
export class OpenFile {
  readonly path: string
  readonly #handle: FileHandle
  #underWay: Promise<unknown> = Promise.resolve()

  constructor (path: string, handle: FileHandle) {
    this.path = path
    this.#handle = handle
  }

  /** Reads the file's content from the position to the end, or to the file's end. */
  async * chunks (position = 0, end = Infinity): AsyncGenerator<Buffer, void> {
    while (position < end) {
      const chunk = await this.read(position, Math.min(chunkBytes, end - position))
      if (chunk.length === 0) return
      position += chunk.length
      yield chunk
    }
  }

  /** Reads like `chunks`, but always into the same buffer. A chunk is valid until the next one is requested. */
  async * refills (buffer: Buffer, position = 0, end = Infinity): AsyncGenerator<Buffer, void> {
    while (position < end) {
      const chunk = await this.#fill(buffer.subarray(0, Math.min(buffer.length, end - position)), position)
      if (chunk.length === 0) return
      position += chunk.length
      yield chunk
    }
  }

  /** Reads that many bytes; fewer only at the file's end. */
  async read (position: number, length: number): Promise<Buffer> {
    return await this.#fill(Buffer.allocUnsafeSlow(length), position)
  }

  async #fill (buffer: Buffer, position: number): Promise<Buffer> {
    const { length } = buffer
    let filled = 0
    while (filled < length) {
      const from = filled
      const { bytesRead } = await this.#named(uninterruptedLater(async () => await this.#handle.read(buffer, from, length - from, position + from)))
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return buffer.subarray(0, filled)
  }

  async write (bytes: Buffer, position: number): Promise<void> {
    let done = 0
    while (done < bytes.length) {
      const { bytesWritten } = await this.#named(this.#handle.write(bytes, done, bytes.length - done, position + done))
      if (bytesWritten === 0) throw new CompressError('ERR_ROTOR_WRITE_STALLED', this.path, 'takes no bytes and gives no reason')
      done += bytesWritten
    }
  }

  async stats (): Promise<BigIntStats> {
    return await this.#named(this.#handle.stat({ bigint: true }))
  }

  /** Copies the times of one file and the rights that all the models have. Returns what could not be kept, or null. */
  async resemble (models: readonly Model[], times: BigIntStats): Promise<LostRights | null> {
    // The times come first. Once the file belongs to another user, only that user may set them.
    await this.#whereSupported(this.#outliving(setTimes(this.#handle, Number(times.atimeNs) / 1e9, Number(times.mtimeNs) / 1e9)))
    const { fd: descriptor } = this.#handle
    return await this.#named(keepRightsAside({ path: this.path, descriptor }, models))
  }

  /** Makes the content survive a power cut, if the file system can. */
  async sync (): Promise<void> {
    await this.#whereSupported(this.#outliving(syncHandle(this.#handle)))
  }

  async close (): Promise<void> {
    await this.#underWay
    await this.#named(this.#handle.close())
  }

  // Without this call a file is as safe as its file system makes it. Without a copy, no archive would ever be compressed.
  async #whereSupported (work: Promise<void>): Promise<void> {
    try {
      await this.#named(work)
    } catch (error) {
      if (!unsupported.includes(errnoOf(error))) throw error
    }
  }

  // A handle waits for its own calls when it closes. A call by descriptor could hit the file that gets the number next.
  async #outliving (work: Promise<void>): Promise<void> {
    this.#underWay = Promise.allSettled([work])
    await work
  }

  async #named<Result> (work: Promise<Result>): Promise<Result> {
    try {
      return await work
    } catch (error) {
      throw isError(error) ? Object.assign(error, { path: this.path }) : error
    }
  }
}
