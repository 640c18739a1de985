// Requests to the worker that are not answered yet. Each is settled once, even if the worker fails.
import type { Reply } from '../worker/channel.js'
import { RotorWorkerError } from '../errors.js'
import { hasOwnKey } from '../platform/own-key.js'

interface Pending { readonly resolve: (answer: never) => void, readonly reject: (error: Error) => void }

export class Requests {
  readonly #pending = new Map<number, Pending>()
  #lastId = 0

  get count (): number {
    return this.#pending.size
  }

  /** Remembers a request and returns its number. */
  add (resolve: (answer: never) => void, reject: (error: Error) => void): number {
    const id = ++this.#lastId
    this.#pending.set(id, { resolve, reject })
    return id
  }

  /** Settles the reply's request, unless it was settled before. */
  settle (reply: Reply): void {
    const pending = this.#pending.get(reply.id)
    this.#pending.delete(reply.id)
    if (hasOwnKey(reply, 'error')) pending?.reject(new RotorWorkerError(reply.error))
    else pending?.resolve(reply.answer as never)
  }

  /** Rejects all open requests. */
  rejectAll (error: Error): void {
    const pending = [...this.#pending.values()]
    this.#pending.clear()
    for (const { reject } of pending) reject(error)
  }
}
