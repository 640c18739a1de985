// Sends the body of a request chunk by chunk, each only once the kernel has taken the one before. So no chunk waits in memory,
// and one buffer can hold all of them in turn.
import type { ClientRequest } from 'node:http'
import type { Body } from './store.js'

export class BodySender {
  readonly #request: ClientRequest
  readonly #body: Body
  #phase: 'waiting' | 'sending' | 'whole' | 'stopped' = 'waiting'
  #wake = (): void => {}

  constructor (request: ClientRequest, body: Body) {
    this.#request = request
    this.#body = body
  }

  /** Whether the kernel has taken every byte. */
  get isWhole (): boolean {
    return this.#phase === 'whole'
  }

  /** Sends the body to its end, or until it is stopped. Only the first call sends. Rejects if the body cannot be read. */
  async send (onTaken: () => void): Promise<void> {
    if (this.#phase !== 'waiting') return
    this.#phase = 'sending'
    for await (const chunk of this.#body) {
      if (this.#isStopped()) return
      await this.#write(chunk)
      if (this.#isStopped()) return
      onTaken()
    }
    this.#phase = 'whole'
    this.#request.end()
  }

  /** Ends the sending: an answer is there, or the connection is gone. */
  stop (): void {
    if (this.#phase !== 'whole') this.#phase = 'stopped'
    this.#wake()
  }

  // A method, because the phase changes while a write is awaited.
  #isStopped (): boolean {
    return this.#phase === 'stopped'
  }

  async #write (chunk: Buffer): Promise<void> {
    await new Promise<void>((resolve) => {
      // A connection that ends may never call back.
      this.#wake = resolve
      this.#request.write(chunk, () => { resolve() })
    })
  }
}
