// Decides when a log is swept: after each rotation, by its schedules, when the disk is full, and on request. Requests before
// a pass begins share that pass. Passes run one after another. Nothing here blocks a write.
import type { Settings } from '../../options/settings.js'
import { RotorClosedError } from '../../errors.js'
import { nextBoundary } from '../../policy/schedule/schedule.js'
import { settleMs } from '../../policy/settling.js'
import { Alarm } from '../alarm.js'
import { Bell } from './bell.js'
import { LogSweep } from './log-sweep.js'
import type { PassRequest, SweepContext } from './sweep-pass.js'
import type { SweepRecord } from './sweep-record.js'
import { SweepWaiters } from './sweep-waiters.js'

type Urgency = 'usual' | 'urgent'

export class Sweeper {
  readonly #settings: Settings
  readonly #clock: SweepContext['clock']
  readonly #sweep: LogSweep
  readonly #scheduleAlarm: Alarm
  readonly #wakeAlarm: Alarm
  readonly #waiters: SweepWaiters
  #wakeAtMs = Infinity
  #abort = new AbortController()
  readonly #wish = new Bell()
  #wanted: Urgency | null = null
  #running: Promise<void> | null = null
  #isClosed = false

  constructor (context: SweepContext) {
    const { settings, clock } = context
    this.#settings = settings
    this.#clock = clock
    this.#sweep = new LogSweep(context)
    this.#waiters = new SweepWaiters(clock.monotonic)
    this.#scheduleAlarm = new Alarm(clock.now, () => { this.#keepSchedule(); this.request() })
    this.#wakeAlarm = new Alarm(clock.monotonic, () => { this.request() })
  }

  /** Clears up after the last process, and begins to follow the schedules. */
  start (): void {
    if (!this.#settings.enabled) return
    this.#keepSchedule()
    this.request()
  }

  /** Requests a pass. More requests before it begins change nothing. */
  request (urgency: Urgency = 'usual'): void {
    if (this.#isClosed || !this.#settings.enabled) return
    this.#wanted = this.#wanted === 'urgent' ? 'urgent' : urgency
    this.#wish.ring()
    this.#running ??= this.#run()
  }

  /**
   * Sweeps now, including work that waits for the schedule. Resolves to what was done once everything that existed at the
   * call is handled.
   */
  async sweep (): Promise<SweepRecord> {
    if (this.#isClosed) throw new RotorClosedError(this.#settings.file)
    return await this.#waiters.wait(() => { this.request() })
  }

  /** Makes room on a full disk. A compression under way would need room itself, so it is cancelled. */
  makeRoom (): void {
    this.#abort.abort()
    this.#abort = new AbortController()
    this.request('urgent')
  }

  /** Stops at once. The next start continues unfinished work. */
  async close (): Promise<void> {
    this.#isClosed = true
    this.#abort.abort()
    this.#sweep.close()
    this.#scheduleAlarm.clear()
    this.#wakeAlarm.clear()
    await this.#running
    this.#waiters.reject(new RotorClosedError(this.#settings.file))
  }

  #keepSchedule (): void {
    const { sweep, bundle } = this.#settings
    const nowMs = this.#clock.now()
    this.#scheduleAlarm.setAt(Math.min(nextBoundary(nowMs, sweep), bundle === null ? Infinity : nextBoundary(nowMs, bundle.schedule)))
  }

  async #run (): Promise<void> {
    while (this.#wanted !== null && !this.#isClosed) {
      const urgency = this.#wanted
      this.#wanted = null
      await this.#attempt(urgency)
    }
    this.#running = null
  }

  async #attempt (urgency: Urgency): Promise<void> {
    const startedMs = this.#clock.monotonic()
    this.#wakeAlarm.clear()
    try {
      this.#waiters.serve(await this.#sweep.run(this.#passRequest(urgency)), startedMs)
      if (!this.#waiters.isEmpty) this.#wakeIn(settleMs)
    } catch (error) {
      if (this.#isClosed) return
      this.#wakeIn(this.#sweep.failed(error))
      this.#waiters.reject(error)
    }
  }

  #passRequest (urgency: Urgency): PassRequest {
    return {
      isUrgent: urgency === 'urgent',
      isRequested: !this.#waiters.isEmpty,
      signal: this.#abort.signal,
      isInterrupted: () => this.#isClosed || this.#wanted !== null,
      whenWanted: async () => { await this.#wish.rung },
      isClosed: () => this.#isClosed,
      wakeIn: (delayMs) => { this.#wakeIn(delayMs) }
    }
  }

  // The earliest of several wake-up times counts. That pass finds the other work again.
  #wakeIn (delayMs: number): void {
    const atMs = this.#clock.monotonic() + delayMs
    if (this.#isClosed || (this.#wakeAlarm.isSet && this.#wakeAtMs <= atMs)) return
    this.#wakeAtMs = atMs
    this.#wakeAlarm.setAt(atMs)
  }
}
