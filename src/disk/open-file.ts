// Files as a copy is made of them: whole reads and writes, errors that name their file, and a new file that stays only
// where everything about it succeeded.
import { constants, unlinkSync, type BigIntStats } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { isError, RotorFileTypeError } from '../errors.js'
import { CompressError } from './compress/compress-error.js'
import { ignoreMissing } from './errno.js'
import { retryWhileHeld } from './held-files.js'
import { keepRights, type LostRights, type Model } from './rights/keep-rights.js'

// Larger chunks than streams use by default: at 64 KiB a fifth of the time goes into handing them around.
export const chunkBytes = 256 * 1024

// A pipe would block the opening for ever, and what is behind a link is not ours.
const forReading = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
const forCopying = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW

/** Runs the action on the file, which must be a regular one, and closes it. */
export async function readFrom<Result> (path: string, action: (file: OpenFile) => Promise<Result>): Promise<Result> {
  const file = new OpenFile(path, await retryWhileHeld(() => open(path, forReading)))
  try {
    if (!(await file.stats()).isFile()) throw new RotorFileTypeError(path)
    return await action(file)
  } finally {
    await file.close()
  }
}

/** Creates the file and runs the action on it. The file stays only if that and the closing succeed. */
export async function createFile<Result> (path: string, signal: AbortSignal, action: (file: OpenFile) => Promise<Result>, mode = 0o600): Promise<Result> {
  signal.throwIfAborted()
  const file = new OpenFile(path, await open(path, forCopying, mode))
  try {
    const result = await untilAborted(action(file), signal)
    await file.close()
    return result
  } catch (error) {
    discard(path, error)
    const closed = Promise.allSettled([file.close()]) // What had failed before is what the caller needs to know.
    // The closing waits for a call under way, an fsync perhaps. Who aborts does not.
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

// What cannot be removed now is for the next start to put right; the reason goes along with the first error.
function discard (path: string, error: unknown): void {
  try {
    ignoreMissing(() => { unlinkSync(path) })
  } catch (removal) {
    if (isError(error)) error.cause ??= removal
  }
}

/** A file handle whose errors name their file, and whose reads and writes are never short of what was asked. */
export class OpenFile {
  readonly path: string
  readonly #handle: FileHandle

  constructor (path: string, handle: FileHandle) {
    this.path = path
    this.#handle = handle
  }

  /** Gives the file's content from the position to the end, or to where the file ends. */
  async * chunks (position = 0, end = Infinity): AsyncGenerator<Buffer, void> {
    while (position < end) {
      const chunk = await this.read(position, Math.min(chunkBytes, end - position))
      if (chunk.length === 0) return
      position += chunk.length
      yield chunk
    }
  }

  /** Reads that many bytes; fewer only where the file ends. */
  async read (position: number, length: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafeSlow(length)
    let filled = 0
    while (filled < length) {
      const { bytesRead } = await this.#named(this.#handle.read(buffer, filled, length - filled, position + filled))
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

  /** Takes over the times of one file and the rights that all of the models have. Tells what could not be kept, or null. */
  async resemble (models: readonly Model[], times: BigIntStats): Promise<LostRights | null> {
    // The times first: once the file belongs to another user, they are that user's to set.
    await this.#named(this.#handle.utimes(Number(times.atimeNs) / 1e9, Number(times.mtimeNs) / 1e9))
    const { fd: descriptor } = this.#handle
    return await this.#named(Promise.resolve().then(() => keepRights({ path: this.path, descriptor }, models)))
  }

  async sync (): Promise<void> {
    await this.#named(this.#handle.sync())
  }

  async close (): Promise<void> {
    await this.#named(this.#handle.close())
  }

  async #named<Result> (work: Promise<Result>): Promise<Result> {
    try {
      return await work
    } catch (error) {
      throw isError(error) ? Object.assign(error, { path: this.path }) : error
    }
  }
}
