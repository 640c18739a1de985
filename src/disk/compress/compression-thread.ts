// A thread for compression at a low priority. zlib in libuv's pool would compete with the application for the
// processor, and for the pool's threads. The thread starts when there is something to compress and ends when it has been
// idle for a while. If it cannot start, for example because a bundle lacks the worker's file, the caller uses the pool.
import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'
import type { ErrorFacts } from '../../errors.js'
import { GatedWorker } from '../../platform/ending-gate.js'
import { resolverFlags, threadOptions } from '../../platform/thread-options.js'
import { workerFile } from '../worker-file.js'
import { compressionThreadData, type PackingReply, type PackingRequest, type PackingResult } from './compression-loop.js'
import { hasOwnKey } from '../../platform/own-key.js'

/** A busy log rotates more often than this and keeps its thread. A quiet log does not pay for one. */
const idleMs = 5_000

// Turbopack takes `new Worker` with a computed path for an import of every file beside this one, including type
// declarations, and fails at those. It ignores a subclass.
class CompressionWorker extends GatedWorker {
  constructor () {
    super(workerFile(), { name: 'pino-rotor compression', workerData: compressionThreadData, resourceLimits: { maxYoungGenerationSizeMb: 2 }, ...threadOptions([]), execArgv: resolverFlags() })
  }
}

export class CompressionThread {
  #worker: CompressionWorker | null = null
  #isUnavailable = false
  #idle: NodeJS.Timeout | null = null

  /** Packs a file into an empty one and proves it, one file at a time; null if no thread can be started. */
  async pack (request: PackingRequest, signal: AbortSignal): Promise<PackingResult | null> {
    // A caller that has aborted would not end a thread that starts later, and the thread would keep the process alive.
    signal.throwIfAborted()
    const stop = (): void => { this.close() }
    signal.addEventListener('abort', stop, { once: true })
    try {
      const worker = await this.#started()
      signal.throwIfAborted()
      return worker === null ? null : await this.#packWith(worker, request)
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  /** Ends the thread, even during its work. */
  close (): void {
    void this.end()
  }

  /** The same. Resolves when the thread is gone. */
  async end (): Promise<void> {
    this.#stayAwake()
    const worker = this.#worker
    this.#worker = null
    await worker?.end()
  }

  async #started (): Promise<CompressionWorker | null> {
    this.#stayAwake()
    if (this.#isUnavailable || this.#worker !== null) return this.#worker
    try {
      this.#worker = new CompressionWorker()
      this.#worker.on('error', ignore)
      await replyOf(this.#worker)
    } catch {
      this.#giveUp() // The pool does the same work.
    }
    return this.#worker
  }

  async #packWith (worker: Worker, request: PackingRequest): Promise<PackingResult> {
    worker.ref()
    const reply = await this.#answer(worker, request)
    // A thread that is being ended meanwhile keeps the process until then.
    if (this.#worker === worker) this.#rest(worker)
    if (hasOwnKey(reply, 'packed')) return reply.packed
    throw errorOf(reply.failure)
  }

  #rest (worker: Worker): void {
    worker.unref()
    this.#idle = setTimeout(() => { this.close() }, idleMs).unref()
  }

  async #answer (worker: Worker, request: PackingRequest): Promise<Exclude<PackingReply, 'ready'>> {
    const answer = replyOf(worker)
    worker.postMessage(request)
    try {
      const reply = await answer
      if (reply !== 'ready') return reply
      throw new Error('the compression thread has started twice')
    } catch (error) {
      this.#giveUp()
      throw error
    }
  }

  // A thread that died by itself would die again.
  #giveUp (): void {
    this.#isUnavailable = this.#worker !== null
    this.close()
  }

  #stayAwake (): void {
    if (this.#idle !== null) clearTimeout(this.#idle)
    this.#idle = null
  }
}

/** Resolves to the thread's next message. Rejects if the thread ends first. */
async function replyOf (worker: Worker): Promise<PackingReply> {
  const settled = new AbortController()
  const { signal } = settled
  try {
    const [reply] = await Promise.race([once(worker, 'message', { signal }), once(worker, 'exit', { signal }).then(hasEnded)]) as [PackingReply]
    return reply
  } finally {
    settled.abort()
  }
}

function hasEnded (): never {
  throw new Error('the compression thread has ended')
}

function errorOf ({ name, message, code, path }: ErrorFacts): Error {
  return Object.assign(new Error(message), { name, ...(code !== undefined && { code }), ...(path !== undefined && { path }) })
}

// A pending request reports the error. Without one, it must not become an uncaught exception.
function ignore (): void {}
