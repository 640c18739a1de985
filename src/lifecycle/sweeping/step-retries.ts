// Which background steps failed, and when each may be tried again. Failures are counted for each step and each file
// separately, so one file that cannot be removed does not affect the others.
import { slowBackoffMs } from '../../policy/backoff.js'
import type { Step } from '../../events.js'
import type { StepHealth } from '../step-health.js'

interface Failing {
  readonly attempts: number
  readonly notBeforeMs: number
}

export class StepRetries {
  readonly #health: StepHealth
  readonly #monotonic: () => number
  readonly #failing = new Map<Step, Map<string, Failing>>()

  constructor (health: StepHealth, monotonic: () => number) {
    this.#health = health
    this.#monotonic = monotonic
  }

  /** How long the step must still wait with this file; 0 if it may be tried. */
  waitMs (step: Step, subject: string): number {
    const failing = this.#failing.get(step)?.get(subject)
    return failing === undefined ? 0 : Math.max(0, failing.notBeforeMs - this.#monotonic())
  }

  /**
   * Counts the failure and returns the pause before the next attempt. The subject is the attempt's file. The path is where
   * it failed.
   */
  failed (step: Step, error: unknown, path: string, subject: string): number {
    const subjects = this.#failing.get(step) ?? new Map<string, Failing>()
    this.#failing.set(step, subjects)
    const attempts = (subjects.get(subject)?.attempts ?? 0) + 1
    const retryMs = slowBackoffMs(attempts)
    subjects.set(subject, { attempts, notBeforeMs: this.#monotonic() + retryMs })
    this.#health.failed(step, error, path, retryMs)
    return retryMs
  }

  /** Forgets the step's failures with this file. */
  succeeded (step: Step, subject: string): void {
    this.#failing.get(step)?.delete(subject)
  }

  /**
   * Ends a round of the step. Forgets files that it no longer handles. If none is failing any more, the step has recovered.
   */
  settle (step: Step, wanted: ReadonlySet<string>): void {
    const subjects = this.#failing.get(step)
    for (const subject of subjects?.keys() ?? []) if (!wanted.has(subject)) subjects?.delete(subject)
    if (subjects === undefined || subjects.size === 0) this.#health.succeeded(step)
  }
}
