// Rotations of the active file: when one is due, one attempt under the lock, and the pause after a failure. The swap itself
// is in crash-safe-swap.ts, and the causes are in policy/rotation-trigger.ts.
import { randomUUID } from 'node:crypto'
import type { Stats } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../../clock.js'
import type { ActiveFile } from '../../disk/active/active-file.js'
import { madeMs } from '../../disk/creation-time.js'
import type { Lock } from '../../disk/lock/lock.js'
import { RotorBusyError, RotorUnsettledError } from '../../errors.js'
import type { RotatedEvent, RotationReason } from '../../events.js'
import type { Settings } from '../../options/settings.js'
import { logOf, type ArchiveId, type LogName } from '../../policy/names/archive-name.js'
import { hiddenName, successorPart } from '../../policy/names/hidden-name.js'
import { archiveStamp, periodAfter, periodAt, type Period } from '../../policy/schedule/period.js'
import { isPeriodOver } from '../../policy/rotation-trigger.js'
import { Alarm } from '../alarm.js'
import type { StepHealth } from '../step-health.js'
import { RightsCheck } from './rights-check.js'
import { RotationRetry } from './rotation-retry.js'
import { SuccessorTakenError, swap } from './crash-safe-swap.js'

export interface RotationContext {
  readonly settings: Settings
  readonly clock: Clock
  readonly health: StepHealth
  readonly swapLock: Lock
}

/** The result of an attempt. */
export type Rotation =
  | { readonly is: 'rotated', readonly successor: ActiveFile, readonly event: RotatedEvent }
  | { readonly is: 'empty' }
  /** Another writer rotated first, or the file was moved or removed. */
  | { readonly is: 'moved' }

const nearlyFull = 7 / 8
const attemptsAtOnceMax = 3
/** How long facts that were read ahead may be used. */
const prepareEveryMs = 500
/** How long before the end of a period the rotation is prepared. */
const aheadMs = 500

/** What the rotations ask of the writer. */
export interface RotationCalls {
  /** A rotation may be due although no line comes. */
  readonly onDue: (reason: 'start' | 'time') => void
  /** A period ends soon. */
  readonly onSoon: () => void
}

export class Rotations {
  readonly #settings: Settings
  readonly #clock: Clock
  readonly #log: LogName
  readonly #lock: Lock
  readonly #health: StepHealth
  readonly #retry: RotationRetry
  readonly #periodAlarm: Alarm
  readonly #aheadAlarm: Alarm
  readonly #rightsCheck: RightsCheck
  readonly #successorPath: string
  #period: Period
  /** The newest archive while no other writer rotates. Undefined: list the folder. */
  #lastArchive: ArchiveId | undefined
  /** The last attempts failed because the path led to another file each time. */
  #isUnsettled = false
  #preparedMs = -Infinity

  constructor ({ settings, clock, health, swapLock }: RotationContext, { onDue, onSoon }: RotationCalls) {
    this.#settings = settings
    this.#clock = clock
    this.#log = logOf(settings)
    this.#lock = swapLock
    this.#health = health
    this.#retry = new RotationRetry(settings.file, health, clock.monotonic, onDue)
    this.#periodAlarm = new Alarm(clock.now, () => { onDue('time') })
    this.#aheadAlarm = new Alarm(clock.now, onSoon)
    this.#rightsCheck = new RightsCheck(settings.file, health, clock.monotonic)
    this.#successorPath = join(this.#log.directory, hiddenName(this.#log, successorPart(randomUUID())))
    this.#period = periodAt(clock.now(), settings)
  }

  /** Whether the file's period is over. */
  get isPeriodOver (): boolean {
    return this.#period.endsMs !== Infinity && isPeriodOver(this.#period, this.#clock.now())
  }

  /** Whether an attempt may be made now, because the pause after the last failure is over. */
  get mayTry (): boolean {
    return this.#retry.isDue
  }

  /** Takes over a file that was found at the path, whichever process created it. */
  found (stats: Stats): void {
    const { size, mtimeMs } = stats
    const begunMs = this.#settings.rotation === null ? madeMs(stats) ?? mtimeMs : mtimeMs
    this.#lastArchive = undefined
    this.#enter(periodAt(size > 0 ? begunMs : this.#clock.now(), this.#settings))
  }

  // A file that cannot be looked at counts as unfinished. The attempt to finish it reports the error.
  /** Whether an earlier rotation of the file was interrupted before its last step. The file then has a second name. */
  isUnfinished (file: ActiveFile): boolean {
    try {
      if (!file.hasOneName()) return true
    } catch {
      return true
    }
    // If each look finds another file, opening one more proves nothing.
    if (!this.#isUnsettled) this.#retry.succeeded()
    return false
  }

  /** Prepares for the rotation of a file that is nearly full. */
  expect (file: ActiveFile): void {
    if (file.sizeBytes < this.#settings.fileBytesMax * nearlyFull || this.#clock.monotonic() < this.#preparedMs + prepareEveryMs) return
    void this.prepare(file)
  }

  /** Prepares for a rotation of the file within the next second, without blocking the thread. */
  async prepare (file: ActiveFile): Promise<void> {
    this.#preparedMs = this.#clock.monotonic()
    // If it fails, the rotation itself finds out and reports it.
    await file.prepareSuccessor(this.#settings.file).catch(() => {})
  }

  /** Rotates now. Throws if it cannot. The file then stays in use. */
  attempt (file: ActiveFile, reason: RotationReason): Rotation {
    const rotation = this.#swapUnderLock(file, reason)
    if (rotation === null) throw new RotorBusyError(this.#lock.path)
    if (rotation.is !== 'moved') this.#isUnsettled = false
    if (!this.#isUnsettled) this.#retry.succeeded()
    return rotation
  }

  /** Notes a failed attempt. The next one may be made after a pause. */
  failed (error: unknown, reason: RotationReason): void {
    this.#lastArchive = undefined
    this.#isUnsettled = error instanceof RotorUnsettledError
    this.#retry.failed(error, reason)
  }

  close (): void {
    this.#periodAlarm.clear()
    this.#aheadAlarm.clear()
    this.#rightsCheck.close()
    this.#retry.close()
  }

  // With a pause before the next attempt, this writer could fill its file far beyond its size. But if its lock was broken, the writer that
  // has broken it rotates next.
  #swapUnderLock (file: ActiveFile, reason: RotationReason): Rotation | null {
    for (let attempts = 1; ; attempts++) {
      try {
        return this.#lock.run(() => this.#swapIfInPlace(file, reason))
      } catch (error) {
        if (!(error instanceof SuccessorTakenError) || attempts === attemptsAtOnceMax) throw error
      }
    }
  }

  // One cause makes one rotation. A writer that lost the race follows the winner's rotation.
  #swapIfInPlace (file: ActiveFile, reason: RotationReason): Rotation {
    const { file: path, fsync, mode } = this.#settings
    if (!file.refresh(path)) return { is: 'moved' }
    const nowMs = this.#clock.now()
    const period = periodAfter(this.#period, nowMs, this.#settings)
    const { sizeBytes: bytes } = file
    if (bytes === 0 && file.hasOneName()) {
      this.#enter(period)
      return { is: 'empty' }
    }
    const stamp = archiveStamp(this.#period, nowMs, this.#settings)
    const { successor, id, archive } = swap({
      path, log: this.#log, file, stamp, last: this.#lastArchive, successorPath: this.#successorPath, options: { fsync, mode }, isLockBroken: () => this.#lock.isBroken()
    })
    this.#lastArchive = id
    this.#rightsCheck.rotated(archive)
    this.#enter(period)
    if (successor.lostRights !== null) this.#health.failed('rights', successor.lostRights, path, 0)
    return { is: 'rotated', successor, event: { file: path, archive, bytes, reason } }
  }

  #enter (period: Period): void {
    if (period.endsMs !== this.#period.endsMs || !this.#periodAlarm.isSet) {
      this.#periodAlarm.setAt(period.endsMs)
      this.#aheadAlarm.setAt(period.endsMs - aheadMs)
    }
    this.#period = period
  }
}
