// Reads and writes files by descriptor with synchronous calls, for a thread that does nothing else.
import { fstatSync, readSync, writeSync, type BigIntStats } from 'node:fs'
import { isError } from '../../errors.js'
import { uninterrupted } from '../errno.js'
import { CompressError } from './compress-error.js'

/** A file's descriptor, and its name for error messages. */
export interface Descriptor {
  readonly fd: number
  readonly path: string
}

/** Runs the action and adds the file's name to its errors. Node does not do that for calls on a descriptor. */
export function named<Result> (path: string, action: () => Result): Result {
  try {
    return action()
  } catch (error) {
    throw isError(error) ? Object.assign(error, { path }) : error
  }
}

export function statsOf ({ fd, path }: Descriptor): BigIntStats {
  return named(path, () => fstatSync(fd, { bigint: true }))
}

/** Fills the buffer from the position on. Returns the number of bytes, which is smaller only at the file's end. */
export function readFully ({ fd, path }: Descriptor, into: Buffer, position: number): number {
  let filled = 0
  while (filled < into.length) {
    const bytes = named(path, () => uninterrupted(() => readSync(fd, into, filled, into.length - filled, position + filled)))
    if (bytes === 0) break
    filled += bytes
  }
  return filled
}

/** Reads exactly that many bytes. Throws ERR_ROTOR_COPY_DAMAGED if the file ends before. */
export function readExactly (file: Descriptor, position: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length)
  if (readFully(file, bytes, position) === length) return bytes
  throw new CompressError('ERR_ROTOR_COPY_DAMAGED', file.path, `ends before byte ${position + length}`)
}

/** A file that is written from its beginning to its end. */
export class Output {
  readonly #file: Descriptor
  bytes = 0

  constructor (file: Descriptor) {
    this.#file = file
  }

  write (data: Buffer): void {
    this.writeAt(data, this.bytes)
    this.bytes += data.length
  }

  /** Overwrites earlier output at that position. */
  writeAt (data: Buffer, position: number): void {
    const { fd, path } = this.#file
    for (let done = 0; done < data.length;) {
      const taken = named(path, () => writeSync(fd, data, done, data.length - done, position + done))
      if (taken === 0) throw new CompressError('ERR_ROTOR_WRITE_STALLED', path, 'takes no bytes and gives no reason')
      done += taken
    }
  }
}
