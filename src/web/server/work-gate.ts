// Bounds the work under way: a few requests read files at a time, some wait for their turn, and the others are told to come
// back. So many requests at once cost no more memory and threads than a few.
import { RequestError } from './request-error.js'

interface Waiting {
  readonly begin: () => void
}

export class WorkGate {
  readonly #runningMax: number
  readonly #waitingMax: number
  #running = 0
  readonly #waiting: Waiting[] = []

  constructor (runningMax: number, waitingMax: number) {
    this.#runningMax = runningMax
    this.#waitingMax = waitingMax
  }

  /** Whether more than one work is under way. */
  get isShared (): boolean {
    return this.#running > 1
  }

  /** Runs the work when its turn comes. Rejects at once if too many wait, and without running it if the client leaves. */
  async run<Result> (work: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    await this.#enter(signal)
    try {
      signal.throwIfAborted()
      return await work()
    } finally {
      this.#running--
      this.#next()
    }
  }

  async #enter (signal: AbortSignal): Promise<void> {
    if (this.#running < this.#runningMax) {
      this.#running++
      return
    }
    if (this.#waiting.length >= this.#waitingMax) throw new RequestError(503, 'busy', 'too many requests read the logs now: try again in a moment')
    await new Promise<void>((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
        reject(signal.reason as Error)
      }
      const waiting = {
        begin: () => {
          signal.removeEventListener('abort', leave)
          resolve()
        }
      }
      this.#waiting.push(waiting)
      signal.addEventListener('abort', leave, { once: true })
    })
  }

  #next (): void {
    if (this.#running >= this.#runningMax) return
    const next = this.#waiting.shift()
    if (next === undefined) return
    this.#running++
    next.begin()
  }
}
