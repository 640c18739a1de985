// How rotations fare: when a failed one may be tried again, and when the application hears of it.
import { RotorBusyError } from '../../errors.js'
import { backoffMs } from '../../policy/backoff.js'
import type { StepHealth } from '../step-health.js'

/** A moment of waiting is what others cost. Who holds the lock for so many attempts, each a second long, is stopped. */
const busyAttemptsMax = 2

export class RotationRetry {
  readonly #path: string
  readonly #health: StepHealth
  readonly #monotonic: () => number
  #failures = 0
  /** When the next attempt may be made, by the clock that only goes forward. */
  notBeforeMs = 0

  constructor (path: string, health: StepHealth, monotonic: () => number) {
    this.#path = path
    this.#health = health
    this.#monotonic = monotonic
  }

  get isDue (): boolean {
    return this.#monotonic() >= this.notBeforeMs
  }

  /** How long a rotation that failed is put off. */
  get pauseMs (): number {
    return backoffMs(this.#failures)
  }

  failed (error: unknown): void {
    this.#failures++
    this.notBeforeMs = this.#monotonic() + this.pauseMs
    if (error instanceof RotorBusyError && this.#failures < busyAttemptsMax) return
    this.#health.failed('rotate', error, this.#path, this.pauseMs)
  }

  succeeded (): void {
    this.#failures = 0
    this.notBeforeMs = 0
    this.#health.succeeded('rotate')
  }
}
