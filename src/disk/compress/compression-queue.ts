// Runs one compression at a time for all logs of a thread. When 200 routes rotate at midnight, they use the memory,
// descriptors and compression thread of one. A user's module may hang, so modules have their own queue.
import type { Codec } from '../../options/settings.js'
import { inProcessTurn, untilAborted, type TurnMemory } from '../../platform/process-turn.js'
import { CompressionThread } from './compression-thread.js'

class Turns {
  #last: Promise<void> = Promise.resolve()

  /**
   * Runs the action after all earlier ones. Rejects with the signal's reason, without running it, if that is aborted first.
   */
  async take<Result> (signal: AbortSignal, action: () => Promise<Result>): Promise<Result> {
    let leave = (): void => {}
    const before = this.#last
    this.#last = new Promise((resolve) => { leave = resolve })
    try {
      await untilAborted(before, signal)
      return await action()
    } finally {
      // An entry that leaves early does not let later entries pass earlier ones.
      void before.then(leave)
    }
  }
}

export class CompressionQueue {
  readonly thread = new CompressionThread()
  readonly #builtIn = new Turns()
  readonly #modules = new Turns()
  #processTurn: TurnMemory | null = null
  #users = 0

  /** Takes turns with the other workers of the process. */
  share (turn: TurnMemory): void {
    this.#processTurn = turn
  }

  /** Counts a log that will compress. */
  join (): void {
    this.#users++
  }

  /** Ends the thread with the last log. */
  leave (): void {
    this.#users--
    if (this.#users === 0) this.thread.close()
  }

  /** Runs a compression when it is its turn. Rejects with the signal's reason as soon as that is aborted first. */
  async inTurn<Result> (codec: Codec, signal: AbortSignal, action: () => Promise<Result>): Promise<Result> {
    if (typeof codec !== 'string') return await this.#modules.take(signal, action)
    const turn = this.#processTurn
    return await this.#builtIn.take(signal, turn === null ? action : () => inProcessTurn(turn, signal, action, () => this.thread.end()))
  }
}

/** The queue of this thread. */
export const compressionQueue = new CompressionQueue()
