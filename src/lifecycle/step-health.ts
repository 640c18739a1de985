// Which steps are failing at the moment. The application hears once that a step began to fail and once that it works
// again, however often it was tried in between.
import { codeAndMessage } from '../disk/errno.js'
import type { Emit, Step } from '../events.js'
import type { Loss } from './writing/backlog.js'

export class StepHealth {
  readonly #emit: Emit
  readonly #monotonic: () => number
  readonly #failingSinceMs = new Map<Step, number>()

  constructor (emit: Emit, monotonic: () => number) {
    this.#emit = emit
    this.#monotonic = monotonic
  }

  failed (step: Step, error: unknown, path: string, retryMs: number): void {
    if (this.#failingSinceMs.has(step)) return
    this.#failingSinceMs.set(step, this.#monotonic())
    this.#emit('failed', { step, ...codeAndMessage(error), path, retryMs })
  }

  succeeded (step: Step, lost: Loss = { lines: 0, bytes: 0 }): void {
    const sinceMs = this.#failingSinceMs.get(step)
    if (sinceMs === undefined) return
    this.#failingSinceMs.delete(step)
    const ms = Math.round(this.#monotonic() - sinceMs)
    this.#emit('recovered', { step, ms, droppedLines: lost.lines, droppedBytes: lost.bytes })
  }
}
