// One log: the writer writes it, the sweeper keeps its archives, and both report to the application.
import type { Clock } from '../../clock.js'
import { RotorDisabledError } from '../../errors.js'
import type { Emit, RotatedEvent, Step } from '../../events.js'
import type { Settings } from '../../options/settings.js'
import type { LevelNumbers } from '../../options/values/level-numbers.js'
import { FailureNote } from '../failures/failure-note.js'
import { CurrentLink } from '../rotating/current-link.js'
import { ContentTrigger } from './content-trigger.js'
import type { Log } from './log.js'
import { logOf } from '../../policy/names/archive-name.js'
import { noUserModules, type UserModules } from './user-modules.js'
import { reportEvent } from '../../report.js'
import type { Claim } from '../writing/line-queue.js'
import { LogWriter } from '../writing/log-writer.js'
import type { LogStatus } from '../../policy/status/status-shape.js'
import { readStatus } from '../survey/read-status.js'
import { StepHealth } from '../step-health.js'
import { Sweeper } from '../sweeping/sweeper.js'
import { presentCursor } from '../forwarding/present-cursor.js'
import { LazyForwarder } from '../forwarding/lazy-forwarder.js'
import { LazyUploader } from '../uploading/lazy-uploader.js'
import { swapLockOf } from '../swap-lock.js'

export class SingleLog implements Log {
  readonly #settings: Settings
  readonly #clock: Clock
  readonly #health: StepHealth
  readonly #note: FailureNote
  readonly #writer: LogWriter
  readonly #sweeper: Sweeper
  readonly #trigger: ContentTrigger | null
  readonly #link: CurrentLink
  readonly #uploader: LazyUploader | null
  readonly #forwarder: LazyForwarder | null
  #closing: Promise<void> | null = null

  /** Opens the log and begins to keep it, or throws a RotorOpenError. Each event also has the fields of `label`. */
  constructor (settings: Settings, clock: Clock, listen: Emit, label: { readonly file?: string } = {}, modules: UserModules = noUserModules, claim?: Claim) {
    const emit: Emit = (name, ...args) => {
      const details = { ...label, ...args[0] }
      reportEvent(settings.report, clock.now(), name, details)
      listen(name, ...[details] as typeof args)
    }
    this.#note = new FailureNote(settings, clock)
    const health = new StepHealth(this.#note.noting(emit), clock.monotonic)
    this.#health = health
    for (const failure of modules.failures) if (failure.file === settings.file) this.fail(failure.step, failure.error, failure.path)
    const swapLock = swapLockOf(settings, clock)
    const uploader = settings.upload === null ? null : new LazyUploader({ settings, uploading: settings.upload, log: logOf(settings), clock, emit, health })
    const shared = { settings, clock, emit, health, swapLock, ...uploader !== null && { uploader } }
    this.#uploader = uploader
    this.#settings = settings
    this.#clock = clock
    this.#trigger = settings.rotateWhen === null ? null : new ContentTrigger(settings.rotateWhen, modules, (error, path) => { health.failed('rotate', error, path, 0) })
    this.#link = new CurrentLink(settings, swapLock, clock, health)
    this.#sweeper = new Sweeper(shared)
    const onRotated = (event: RotatedEvent): void => {
      emit('rotated', event)
      this.#sweeper.request()
      this.#link.place()
    }
    // A missed boundary rotates the file as soon as it is opened, so the link and the sweeper are created first.
    this.#writer = new LogWriter({ ...shared, claim, onRotated, onDiskFull: () => { this.#sweeper.makeRoom() } })
    this.#link.place()
    this.#sweeper.start()
    this.#forwarder = settings.forward === null ? null : new LazyForwarder({ settings, forwarding: settings.forward, log: logOf(settings), clock, emit, health, present: presentCursor(settings, logOf(settings)) })
  }

  /** Appends whole lines, or the next part of a line of more than 16 MiB. The caller may reuse their memory afterwards. */
  append (lines: Buffer): void {
    if (this.#trigger === null) this.#writer.append(lines)
    else this.#appendInParts(lines, this.#trigger.cuts(lines))
  }

  /** Calls back once the lines appended so far are in the file, or given up. */
  whenWritten (callback: () => void): void {
    this.#writer.whenWritten(callback)
  }

  /** Finds out what a rotation within the next second needs to know. */
  async prepareRotation (): Promise<void> {
    if (this.#settings.enabled) await this.#writer.prepareRotation()
  }

  /** Rotates now. Null: the file is empty, or another process rotated it first. Throws if it cannot. */
  rotate (): RotatedEvent | null {
    this.#requireEnabled()
    return this.#writer.rotate('request')
  }

  /** Compresses what waits and applies the limits; resolves when that is done. */
  async sweep (): Promise<void> {
    this.#requireEnabled()
    await this.#sweeper.sweep()
  }

  /** Uploads what waits now. Resolves when all of it is stored or set aside, and rejects with the first failure. */
  async upload (): Promise<void> {
    this.#requireEnabled()
    await this.#uploader?.upload()
  }

  /** What is on the disk, and how it will probably grow. */
  async status (): Promise<LogStatus> {
    return await readStatus(this.#settings, this.#clock.now())
  }

  /** Reports that a step failed. */
  fail (step: Step, error: unknown, path: string): void {
    this.#health.failed(step, error, path, 0)
  }

  /** Reports that a step works again. */
  recover (step: Step): void {
    this.#health.succeeded(step)
  }

  /** Takes the numbers of the logger's levels. */
  nameLevels (levels: LevelNumbers): void {
    this.#trigger?.nameLevels(levels)
  }

  /** Closes the file at once. A compression under way is cancelled and repeated at the next start. */
  async close (): Promise<void> {
    this.#closing ??= this.#shutDown()
    await this.#closing
  }

  #appendInParts (lines: Buffer, cuts: readonly number[]): void {
    let start = 0
    for (const cut of cuts) {
      if (cut > start) this.#writer.append(lines.subarray(start, cut))
      this.#writer.tryRotate('request')
      start = cut
    }
    this.#writer.append(lines.subarray(start))
  }

  #requireEnabled (): void {
    if (!this.#settings.enabled) throw new RotorDisabledError(this.#settings.file)
  }

  async #shutDown (): Promise<void> {
    this.#writer.close()
    this.#note.close()
    this.#link.close()
    await Promise.all([this.#sweeper.close(), this.#uploader?.close(), this.#forwarder?.close()])
  }
}
