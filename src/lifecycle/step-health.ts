// Tracks which steps are failing. The application hears once that a step began to fail and once that it works again, however
// often it was tried.
import { codeAndMessage } from '../disk/errno.js'
import { heldMs, mayBeHeld } from '../disk/held-files.js'
import type { Emit, Step } from '../events.js'
import type { Loss } from '../policy/lines/drop-count.js'
import { remedyFor } from '../policy/remedy.js'

const heldRemedy = '; to cure it, end the program that holds the file, or give the user the right to change the folder'

interface Failing {
  readonly sinceMs: number
  /** False while another program may be holding the file for a moment, and the step is retried soon. */
  readonly isReported: boolean
}

export class StepHealth {
  readonly #emit: Emit
  readonly #monotonic: () => number
  readonly #failing = new Map<Step, Failing>()

  constructor (emit: Emit, monotonic: () => number) {
    this.#emit = emit
    this.#monotonic = monotonic
  }

  failed (step: Step, error: unknown, path: string, retryMs: number): void {
    const nowMs = this.#monotonic()
    const { sinceMs, isReported: isKnown } = this.#failing.get(step) ?? { sinceMs: nowMs, isReported: false }
    if (isKnown) return
    const isReported = !mayBeHeld(error) || retryMs >= heldMs || nowMs - sinceMs >= heldMs
    this.#failing.set(step, { sinceMs, isReported })
    if (!isReported) return
    const { code, message } = codeAndMessage(error)
    this.#emit('failed', { step, code, message: `${message}${mayBeHeld(error) ? heldRemedy : remedyFor(code)}`, path, retryMs })
  }

  succeeded (step: Step, lost: Loss = { lines: 0, bytes: 0 }): void {
    const failing = this.#failing.get(step)
    if (failing === undefined) return
    this.#failing.delete(step)
    if (!failing.isReported) return
    const ms = Math.round(this.#monotonic() - failing.sinceMs)
    this.#emit('recovered', { step, ms, droppedLines: lost.lines, droppedBytes: lost.bytes })
  }
}
