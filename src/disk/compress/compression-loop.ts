// The work of the compression thread: it packs one file after another and proves each. It runs at a low priority.
import { closeSync, constants, fstatSync, openSync } from 'node:fs'
import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { RotorFileTypeError, type ErrorFacts } from '../../errors.js'
import { useGate, type Gated } from '../../platform/ending-gate.js'
import { errorFacts } from '../errno.js'
import { named, type Descriptor } from './descriptor.js'
import { packGzip, type BlockDescriber, type PackedFile } from './gzip-packing.js'
import { proveGzip } from './gzip-proof.js'
import { lowerOwnPriority } from './idle-priority.js'

export interface PackingRequest {
  readonly source: string
  /** An empty file that becomes the copy. */
  readonly copy: string
  readonly level: number
  /** The fields to index in each block's header; null for one member without such headers. */
  readonly index: readonly string[] | null
}

/** The result for one file. */
export type PackingResult = Omit<PackedFile, 'members'>

export type PackingReply = 'ready' | { readonly packed: PackingResult } | { readonly failure: ErrorFacts }

/** Marks a compression thread, since other threads may run the same file. */
export const compressionThreadData = { rotorCompression: true }

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR } = constants

/** The data of the calling thread if it was started to compress; otherwise null. */
export function compressionThread (): Gated<object> | null {
  const data: unknown = workerData
  return !isMainThread && typeof data === 'object' && data !== null && 'rotorCompression' in data && 'gate' in data ? data as Gated<object> : null
}

/** Serves requests until the thread is ended. The caller decides what block headers say about their lines. */
export function serveCompressions ({ gate }: Gated<object>, describerOf: (index: readonly string[]) => BlockDescriber): void {
  useGate(gate)
  lowerOwnPriority()
  parentPort?.on('message', (request: PackingRequest) => { reply(answerPacking(request, describerOf)) })
  reply('ready')
}

function reply (reply: PackingReply): void {
  parentPort?.postMessage(reply)
}

/** Packs and proves one file, or tells why that cannot be done. */
export function answerPacking ({ source, copy, level, index }: PackingRequest, describerOf: (index: readonly string[]) => BlockDescriber): PackingReply {
  try {
    return withFile(source, O_RDONLY, (original) => withFile(copy, O_RDWR, (target) => {
      const packed = packGzip(original, target, level, index === null ? null : describerOf(index))
      proveGzip(target, packed)
      const { stats, sourceBytes, compressedBytes } = packed
      return { packed: { stats, sourceBytes, compressedBytes } }
    }))
  } catch (error) {
    return { failure: errorFacts(error) }
  }
}

// A pipe would block the opening for ever. A file behind a link is not a file of the log.
function withFile<Result> (path: string, flags: number, action: (file: Descriptor) => Result): Result {
  const fd = openSync(path, flags | O_NOFOLLOW | O_NONBLOCK)
  try {
    if (!named(path, () => fstatSync(fd)).isFile()) throw new RotorFileTypeError(path)
    return action({ fd, path })
  } finally {
    named(path, () => { closeSync(fd) })
  }
}
