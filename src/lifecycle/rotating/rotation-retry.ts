// Decides when a failed rotation is tried again, and when the application hears of it.
import { errnoOf } from '../../disk/errno.js'
import { mayBeHeld } from '../../disk/held-files.js'
import { RotorBusyError } from '../../errors.js'
import type { RotationReason } from '../../events.js'
import { backoffMs, rotationBackoffMs } from '../../policy/backoff.js'
import { Alarm } from '../alarm.js'
import type { StepHealth } from '../step-health.js'

/** Other writers hold the lock for moments. A process that keeps it for so many attempts, each a second long, is stopped. */
const busyAttemptsMax = 2

export class RotationRetry {
  readonly #path: string
  readonly #health: StepHealth
  readonly #monotonic: () => number
  readonly #alarm: Alarm
  #reason: 'start' | 'time' = 'time'
  #failures = 0
  /** The earliest time of the next attempt, by the monotonic clock. */
  #notBeforeMs = 0

  /** `onDue` is called when a rotation is due and may be tried again although no line comes. */
  constructor (path: string, health: StepHealth, monotonic: () => number, onDue: (reason: 'start' | 'time') => void) {
    this.#path = path
    this.#health = health
    this.#monotonic = monotonic
    this.#alarm = new Alarm(monotonic, () => { onDue(this.#reason) })
  }

  get isDue (): boolean {
    return this.#monotonic() >= this.#notBeforeMs
  }

  /** Postpones the next attempt. */
  failed (error: unknown, reason: RotationReason): void {
    this.#failures++
    const pauseMs = mayBeHeld(error) ? backoffMs(this.#failures) : rotationBackoffMs(this.#failures, errnoOf(error))
    this.#notBeforeMs = this.#monotonic() + pauseMs
    if (reason === 'start' || reason === 'time') this.#tryAgain(reason)
    if (error instanceof RotorBusyError && this.#failures < busyAttemptsMax) return
    this.#health.failed('rotate', error, this.#path, pauseMs)
  }

  #tryAgain (reason: 'start' | 'time'): void {
    this.#reason = reason
    this.#alarm.setAt(this.#notBeforeMs)
  }

  succeeded (): void {
    this.#failures = 0
    this.#notBeforeMs = 0
    this.#alarm.clear()
    this.#health.succeeded('rotate')
  }

  close (): void {
    this.#alarm.clear()
  }
}
