// Starts the thread of the server, and ends it: at first it may finish its work, then it is stopped, and a thread that hangs in
// a read of the disk ends with the process.
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { isError } from '../../../errors.js'
import { GatedWorker } from '../../../platform/ending-gate.js'
import type { ServerNews, ServerTask } from './server-thread.js'

/** For work that notices its end, and cleans up. */
const finishMs = 400
/** For work that is stopped in the middle. */
const stopMs = 550
/** A small young generation is tidied often. It saves more memory than it costs time. */
const limits = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 256 }

export class ServerLife {
  readonly #worker: GatedWorker
  readonly #ended: Promise<unknown>

  /** `sayPart` gets what modules of the configuration print. */
  constructor (task: ServerTask, sayPart: (text: string) => void) {
    this.#worker = new GatedWorker(new URL('./server-thread.js', import.meta.url), { name: 'pino-rotor web', workerData: task, execArgv: [], stdout: true, stderr: true, resourceLimits: limits })
    for (const printed of [this.#worker.stdout, this.#worker.stderr]) printed.on('data', (chunk: Buffer) => { sayPart(chunk.toString()) })
    this.#ended = once(this.#worker, 'exit').catch(() => {})
  }

  /** Resolves when the server listens, or cannot. */
  async begun (): Promise<ServerNews> {
    const [news] = await once(this.#worker, 'message') as [ServerNews]
    return news
  }

  /** Rejects when the thread breaks off. */
  async broken (): Promise<never> {
    const [error] = await once(this.#worker, 'error') as [unknown]
    throw new Error(`the server ended: ${isError(error) ? error.message : String(error)}`, { cause: error })
  }

  /** Ends the thread. Resolves to false if it hangs. */
  async end (): Promise<boolean> {
    this.#worker.postMessage('end')
    if (await this.#endsWithin(finishMs)) return true
    void this.#worker.end()
    return await this.#endsWithin(stopMs)
  }

  async #endsWithin (delayMs: number): Promise<boolean> {
    return await Promise.race([this.#ended.then(() => true), setTimeout(delayMs, false, { ref: false })])
  }
}
