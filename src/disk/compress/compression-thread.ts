// A thread of its own for compression, which steps back behind everything else: zlib in libuv's pool would take the
// processor from the application as an equal, and the pool's threads from its files and names. It is started when there
// is something to compress, ended when there has been nothing for a while, and never missed: where no thread is to be
// had, in a bundle that left the worker's file behind for example, the caller uses the pool.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { threadOptions } from '../../thread-options.js'
import { workerFile } from '../worker-file.js'
import { compressionThreadData, type PackingFailure, type PackingReply, type PackingRequest, type PackingResult } from './compression-loop.js'

/** A busy log rotates more often than this and keeps its thread; a calm one does not pay for it. */
const idleMs = 5_000

// Turbopack takes `new Worker` with a path that it cannot foresee for an import of every file beside this one, type
// declarations included, and fails at those. It leaves a class of ours alone.
class CompressionWorker extends Worker {
  constructor () {
    super(workerFile(), { name: 'pino-rotor compression', workerData: compressionThreadData, resourceLimits: { maxYoungGenerationSizeMb: 2 }, ...threadOptions([]), execArgv: [] })
  }
}

export class CompressionThread {
  #worker: Worker | null = null
  #isUnavailable = false
  #idle: NodeJS.Timeout | null = null

  /** Packs a file into an empty one and proves it, one at a time; null where no thread is to be had. */
  async pack (request: PackingRequest, signal: AbortSignal): Promise<PackingResult | null> {
    // Who has aborted ends no thread that is started later, and that would keep the process alive.
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

  /** Ends the thread at once, whatever it is doing. */
  close (): void {
    this.#stayAwake()
    void this.#worker?.terminate()
    this.#worker = null
  }

  async #started (): Promise<Worker | null> {
    this.#stayAwake()
    if (this.#isUnavailable || this.#worker !== null) return this.#worker
    try {
      this.#worker = new CompressionWorker()
      this.#worker.on('error', ignore)
      await replyOf(this.#worker)
    } catch {
      this.#giveUp() // Whatever the reason, the pool does the same work.
    }
    return this.#worker
  }

  async #packWith (worker: Worker, request: PackingRequest): Promise<PackingResult> {
    worker.ref()
    const reply = await this.#answer(worker, request)
    worker.unref()
    this.#idle = setTimeout(() => { this.close() }, idleMs).unref()
    if ('packed' in reply) return reply.packed
    throw errorOf(reply.failure)
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

  // A thread that died of itself would do so again.
  #giveUp (): void {
    this.#isUnavailable = this.#worker !== null
    this.close()
  }

  #stayAwake (): void {
    if (this.#idle !== null) clearTimeout(this.#idle)
    this.#idle = null
  }
}

/** The thread's next message; rejects where it ends first. */
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

function errorOf ({ name, message, code, path }: PackingFailure): Error {
  return Object.assign(new Error(message), { name, ...(code !== undefined && { code }), ...(path !== undefined && { path }) })
}

// Who waits for an answer hears of it too; while nobody does, it must not become an uncaught exception.
function ignore (): void {}
