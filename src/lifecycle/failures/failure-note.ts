// Keeps what is failing now where other processes find it: `doctor` and `status` print the last failure of a running
// application. The code that writes the record is loaded at the first failure. A log without failures does nothing here.
import type { Clock } from '../../clock.js'
import type { Emit, FailedEvent, RecoveredEvent, Step } from '../../events.js'
import type { Settings } from '../../options/settings.js'
import type { Failure, FailureRecord } from './failure-record.js'

export class FailureNote {
  readonly #settings: Settings
  readonly #clock: Clock
  /** The steps that fail now, the last one last. */
  readonly #failing = new Map<Step, Failure>()
  #loading: Promise<FailureRecord> | null = null
  #record: FailureRecord | null = null
  #isClosed = false

  constructor (settings: Settings, clock: Clock) {
    this.#settings = settings
    this.#clock = clock
  }

  /** Returns an emitter that also notes which steps fail. */
  noting (emit: Emit): Emit {
    return (name, ...args) => {
      emit(name, ...args)
      if (name === 'failed') this.#failed(args[0] as FailedEvent)
      if (name === 'recovered') this.#recovered(args[0] as RecoveredEvent)
    }
  }

  /** Removes the record. Nothing is noted afterwards. */
  close (): void {
    this.#isClosed = true
    this.#record?.remove()
  }

  #failed ({ step, code, message, path }: FailedEvent): void {
    this.#failing.delete(step)
    this.#failing.set(step, { step, code, message, path, sinceMs: this.#clock.now() })
    this.#save()
  }

  #recovered ({ step }: RecoveredEvent): void {
    if (this.#failing.delete(step)) this.#save()
  }

  #save (): void {
    this.#loading ??= import('./failure-record.js').then(({ FailureRecord }) => new FailureRecord(this.#settings))
    // A bundler may have left the file out. Then nothing is noted.
    this.#loading.then((record) => {
      if (this.#isClosed) return
      this.#record = record
      const last = [...this.#failing.values()].at(-1)
      if (last === undefined) record.remove()
      else record.write(last)
    }, () => {})
  }
}
