// One log with all that looks after it: the rotator in front, the sweeper behind, and what the application hears of both.
import { join } from 'node:path'
import type { Clock } from '../../clock.js'
import { Lock } from '../../disk/lock/lock.js'
import { RotorDisabledError } from '../../errors.js'
import type { Emit, RotatedEvent } from '../../events.js'
import type { Settings } from '../../options/settings.js'
import { hiddenName, logOf } from '../../policy/names/archive-name.js'
import { CurrentLink } from '../writing/current-link.js'
import { ContentTrigger } from './content-trigger.js'
import type { Log } from './log.js'
import { noUserModules, type UserModules } from './user-modules.js'
import { reportEvent } from './report.js'
import { Rotator } from '../writing/rotator.js'
import type { LogStatus } from '../../policy/status/status-shape.js'
import { readStatus } from '../survey/read-status.js'
import { StepHealth } from '../step-health.js'
import { Sweeper } from '../sweeping/sweeper.js'

export class SingleLog implements Log {
  readonly #settings: Settings
  readonly #clock: Clock
  readonly #rotator: Rotator
  readonly #sweeper: Sweeper
  readonly #trigger: ContentTrigger | null
  readonly #link: CurrentLink
  #closing: Promise<void> | null = null

  /** Opens the log and begins to look after it, or throws a RotorOpenError. Every event also says what `label` says. */
  constructor (settings: Settings, clock: Clock, listen: Emit, label: { readonly file?: string } = {}, modules: UserModules = noUserModules) {
    const emit: Emit = (name, ...args) => {
      const details = { ...label, ...args[0] }
      reportEvent(settings.report, clock.now(), name, details)
      listen(name, ...[details] as typeof args)
      if (name !== 'rotated') return
      this.#sweeper.request()
      this.#link.place()
    }
    const health = new StepHealth(emit, clock.monotonic)
    this.#settings = settings
    this.#trigger = settings.rotateWhen === null ? null : new ContentTrigger(settings.rotateWhen, modules, (error, path) => { health.failed('rotate', error, path, 0) })
    this.#clock = clock
    const log = logOf(settings)
    // One for both: what one of them could not give back on a failing disk, the other can.
    const swapLock = new Lock(join(log.directory, hiddenName(log, 'lock')), clock.monotonic)
    // The rotator rotates as it is made, where a boundary was missed, and these two hear of it.
    this.#link = new CurrentLink(settings, swapLock, clock, health)
    this.#sweeper = new Sweeper({ settings, clock, emit, health, swapLock, scope: 'everything' })
    this.#rotator = new Rotator({ settings, clock, emit, health, swapLock, onDiskFull: () => { this.#sweeper.makeRoom() } })
    this.#link.place()
    this.#sweeper.start()
  }

  /** Appends whole lines; false where their memory is still needed. */
  append (lines: Buffer): boolean {
    return this.#trigger === null ? this.#rotator.append(lines) : this.#appendInParts(lines, this.#trigger.cuts(lines))
  }

  /** Calls back once the lines appended so far are in the file, or given up. */
  whenWritten (callback: () => void): void {
    this.#rotator.whenWritten(callback)
  }

  /** Rotates now; null where the active file is empty. Throws where it cannot be done. */
  rotate (): RotatedEvent | null {
    this.#requireEnabled()
    return this.#rotator.rotate('request')
  }

  /** Compresses what waits and applies the limits; resolves when that is done. */
  async sweep (): Promise<void> {
    this.#requireEnabled()
    await this.#sweeper.sweep()
  }

  /** What there is on the disk, and how it is likely to go on. */
  async status (): Promise<LogStatus> {
    return await readStatus(this.#settings, this.#clock.now())
  }

  /** Closes the file at once; a compression under way is dropped and done again at the next start. */
  async close (): Promise<void> {
    this.#closing ??= this.#shutDown()
    await this.#closing
  }

  #appendInParts (lines: Buffer, cuts: readonly number[]): boolean {
    let isFree = true
    let start = 0
    for (const cut of cuts) {
      if (cut > start) isFree = this.#rotator.append(lines.subarray(start, cut)) && isFree
      this.#rotator.tryRotate('request')
      start = cut
    }
    return this.#rotator.append(lines.subarray(start)) && isFree
  }

  #requireEnabled (): void {
    if (!this.#settings.enabled) throw new RotorDisabledError(this.#settings.file)
  }

  async #shutDown (): Promise<void> {
    this.#rotator.close()
    this.#link.close()
    await this.#sweeper.close()
  }
}
