// What the compression thread does: it packs one file after the other and proves each, in the processor time that nobody
// else wants.
import { closeSync, constants, fstatSync, openSync } from 'node:fs'
import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { isError, RotorFileTypeError } from '../../errors.js'
import { named, packInPieces, provePieces, type Descriptor, type PackedPieces } from './gzip-pieces.js'
import { lowerOwnPriority } from './idle-priority.js'

export interface PackingRequest {
  readonly source: string
  /** An empty file that is to become the copy. */
  readonly copy: string
  readonly level: number
}

/** An error as it survives the way between threads. */
export interface PackingFailure { readonly name: string, readonly message: string, readonly code: string | undefined, readonly path: string | undefined }

export type PackingReply = 'ready' | { readonly packed: PackedPieces } | { readonly failure: PackingFailure }

/** What tells a compression thread from others that run the same file. */
export const compressionThreadData = { rotorCompression: true }

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR } = constants

/** Whether the calling thread was started to compress. */
export function isCompressionThread (): boolean {
  const data: unknown = workerData
  return !isMainThread && typeof data === 'object' && data !== null && 'rotorCompression' in data
}

/** Serves requests until the thread is ended. */
export function serveCompressions (): void {
  lowerOwnPriority()
  parentPort?.on('message', (request: PackingRequest) => { reply(attempt(request)) })
  reply('ready')
}

function reply (reply: PackingReply): void {
  parentPort?.postMessage(reply)
}

function attempt ({ source, copy, level }: PackingRequest): PackingReply {
  try {
    return withFile(source, O_RDONLY, (original) => withFile(copy, O_RDWR, (target) => {
      const packed = packInPieces(original, target, level)
      provePieces(target, packed)
      return { packed }
    }))
  } catch (error) {
    const { name, message, code, path }: NodeJS.ErrnoException = isError(error) ? error : new Error(String(error))
    return { failure: { name, message, code, path } }
  }
}

// A pipe would block the opening for ever, and what is behind a link is not ours.
function withFile<Result> (path: string, flags: number, action: (file: Descriptor) => Result): Result {
  const fd = openSync(path, flags | O_NOFOLLOW | O_NONBLOCK)
  try {
    if (!named(path, () => fstatSync(fd)).isFile()) throw new RotorFileTypeError(path)
    return action({ fd, path })
  } finally {
    named(path, () => { closeSync(fd) })
  }
}
