// What pino tells a transport about its logger: `pino()` emits a message on the destination, before any line. thread-stream
// passes it to its worker.
import type { EventEmitter } from 'node:events'
import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads'
import { levelNumbersIn, type LevelNumbers } from '../options/values/level-numbers.js'

/** Calls back with the levels of each logger that writes to the destination, or to that of the worker with that port. */
export function hearLevels (recipient: EventEmitter | MessagePort, listener: (levels: LevelNumbers) => void): void {
  recipient.on('message', (message: unknown) => {
    if (typeof message !== 'object' || message === null || !('code' in message) || message.code !== 'PINO_CONFIG') return
    const { config } = message as { readonly config?: { readonly levels?: { readonly values?: unknown } } }
    listener(levelNumbersIn(config?.levels?.values))
  })
}

/** A worker has few messages waiting at any time. */
const waitingMessagesMax = 1_000

/** The levels of the loggers that write to this worker's target. */
export class ToldLevels {
  readonly #port: MessagePort
  #isTold = false
  #told: LevelNumbers = {}
  #listener = (_levels: LevelNumbers): void => {}

  constructor (port: MessagePort) {
    this.#port = port
    hearLevels(port, (levels) => {
      this.#told = { ...this.#told, ...levels }
      this.#isTold = true
      this.#listener(this.#told)
    })
  }

  /** Takes the messages that wait, if no logger has told its levels yet. Lines in shared memory may overtake a message. */
  look (): void {
    for (let taken = 0; !this.#isTold && taken < waitingMessagesMax; taken++) {
      const waiting = receiveMessageOnPort(this.#port)
      if (waiting === undefined) return
      this.#port.emit('message', waiting.message)
    }
  }

  /** Calls back with the levels, now and whenever more are told. */
  follow (listener: (levels: LevelNumbers) => void): void {
    this.#listener = listener
    listener(this.#told)
  }
}
