// Reports the state of the worker from outside: it stands still, lines were dropped, it goes on. The worker cannot send
// these events while it is blocked.
import type { Clock } from '../clock.js'
import type { Emit } from '../events.js'
import type { Settings } from '../options/settings.js'
import { DropCount, type Loss } from '../policy/lines/drop-count.js'
import { reportEvent } from '../report.js'

export class HandleHealth {
  readonly #settings: Settings
  readonly #clock: Clock
  readonly #emit: Emit
  readonly #dropped: DropCount
  #failingSinceMs: number | null = null

  constructor (settings: Settings, clock: Clock, listen: Emit) {
    this.#settings = settings
    this.#clock = clock
    this.#emit = (name, ...args) => {
      const details = { ...settings.routes.length > 0 && { file: settings.file }, ...args[0] }
      reportEvent(settings.report, clock.now(), name, details)
      listen(name, ...[details] as unknown as typeof args)
    }
    this.#dropped = new DropCount(this.#emit, clock.now)
  }

  get isFailing (): boolean {
    return this.#failingSinceMs !== null
  }

  /** Reports once that writing has failed, until `recovered`. `retryMs` is the time until the next check of the worker. */
  failed (code: string, message: string, retryMs: number): void {
    if (this.#failingSinceMs !== null) return
    this.#failingSinceMs = this.#clock.monotonic()
    this.#emit('failed', { step: 'write', code, message, path: this.#settings.file, retryMs })
  }

  recovered (): void {
    const { lines, bytes } = this.#dropped.settle()
    if (this.#failingSinceMs === null) return
    const ms = Math.round(this.#clock.monotonic() - this.#failingSinceMs)
    this.#failingSinceMs = null
    this.#emit('recovered', { step: 'write', ms, droppedLines: lines, droppedBytes: bytes })
  }

  dropped (loss: Loss): void {
    this.#dropped.add(loss)
  }

  /** Reports what was dropped since the last report. */
  announce (): void {
    this.#dropped.announce()
  }

  /** Writes the reason why the log could not be opened to stderr, when no event can be emitted. */
  reportUnopened (code: string, message: string): void {
    reportEvent('failures', this.#clock.now(), 'failed', { step: 'open', code, message, path: this.#settings.file, retryMs: 0 })
  }
}
