// The writing side, and the only owner of the active file: it appends whole lines, decides with policy/ when the file is
// full or its period over, and swaps it. All of it is synchronous, so a rotation can never be met half-way by a write.
// What the disk refuses waits in memory and is offered again; nothing here throws for a disk that fails later on.
import type { Clock } from '../../clock.js'
import type { ActiveFile } from '../../disk/active/active-file.js'
import { errnoOf } from '../../disk/errno.js'
import type { Lock } from '../../disk/lock/lock.js'
import { syncFolderNow } from '../../disk/active/swap-steps.js'
import { RotorBusyError, RotorOpenError } from '../../errors.js'
import type { Emit, RotatedEvent, RotationReason } from '../../events.js'
import type { Settings } from '../../options/settings.js'
import { logOf, type ArchiveId, type LogName } from '../../policy/names/archive-name.js'
import { backoffMs } from '../../policy/backoff.js'
import { bytesBeforeRotation, countLines } from '../../policy/lines/line-boundary.js'
import { archiveStamp, periodAfter, periodAt, type Period } from '../../policy/schedule/period.js'
import { Alarm } from '../alarm.js'
import { Backlog } from './backlog.js'
import { DropCount } from './drop-count.js'
import { Lookout } from './lookout.js'
import { openActive, type Opened } from './open-active.js'
import { unwrittenBytes, unwrittenLines, type Refusal } from './refusal.js'
import { RotationRetry } from './rotation-retry.js'
import type { StepHealth } from '../step-health.js'
import { hasForeignName, swap } from './swap.js'

/** `refused`: the disk takes no writes, or the path cannot be opened again. Lines wait until an attempt succeeds. */
type Phase = { readonly at: 'writing', readonly file: ActiveFile } | Refusal | { readonly at: 'closed' }

export interface RotatorContext {
  readonly settings: Settings
  readonly clock: Clock
  readonly emit: Emit
  readonly health: StepHealth
  readonly swapLock: Lock
  /** Called when a write found no room, so that some can be made. */
  readonly onDiskFull: () => void
}

const nothing = Buffer.alloc(0)
const newline = Buffer.from('\n')
/** So many attempts to learn what became of lines, each a second long, are made before they are written again. */
const confirmationsMax = 5
const outOfRoom = ['ENOSPC', 'EDQUOT']

export class Rotator {
  readonly #context: RotatorContext
  readonly #settings: Settings
  readonly #clock: Clock
  readonly #log: LogName
  readonly #lock: Lock
  readonly #backlog: Backlog
  readonly #dropped: DropCount
  readonly #lookout: Lookout
  readonly #rotations: RotationRetry
  readonly #periodAlarm: Alarm
  readonly #retryAlarm: Alarm
  readonly #finishAlarm: Alarm
  readonly #waiting: Array<() => void> = []
  #phase: Phase
  #period: Period
  /** The newest archive, as long as nobody else rotates; undefined where the folder must be asked. */
  #lastArchive: ArchiveId | undefined

  /** Opens the active file, or throws a RotorOpenError. */
  constructor (context: RotatorContext) {
    const { settings, clock } = context
    this.#context = context
    this.#settings = settings
    this.#clock = clock
    this.#log = logOf(settings)
    this.#lock = context.swapLock
    this.#backlog = new Backlog(settings.bufferBytesMax)
    this.#dropped = new DropCount(context.emit, clock.now)
    this.#lookout = new Lookout(settings.file, this.#lock, clock.monotonic, () => { this.#look() })
    this.#rotations = new RotationRetry(settings.file, context.health, clock.monotonic)
    this.#periodAlarm = new Alarm(clock.now, () => { this.#endPeriod('time') })
    this.#retryAlarm = new Alarm(clock.monotonic, () => { this.#retry() })
    this.#finishAlarm = new Alarm(clock.monotonic, () => { this.#finishSwap() })
    this.#period = periodAt(clock.now(), settings)
    const opened = this.#openFirst()
    this.#phase = { at: 'writing', file: opened.file }
    this.#adopt(opened, 'start')
  }

  /** Appends whole lines. False where their memory is still needed and must not be used again. */
  append (lines: Buffer): boolean {
    if (this.#lookout.isDue) this.#look()
    if (this.#period.endsMs !== Infinity && this.#clock.now() >= this.#period.endsMs) this.#endPeriod('time')
    this.#write(lines)
    return this.#phase.at !== 'refused' || this.#phase.pending.buffer !== lines.buffer
  }

  /** Rotates now; null where the active file is empty. Throws where it cannot be done. */
  rotate (reason: RotationReason): RotatedEvent | null {
    this.#look()
    return this.#rotate(reason)
  }

  /** Calls back as soon as all lines appended so far are in the file, or given up. */
  whenWritten (callback: () => void): void {
    if (this.#phase.at === 'refused') this.#waiting.push(callback)
    else callback()
  }

  /** Closes the file after a last attempt to write what waits. */
  close (): void {
    this.#look()
    if (this.#phase.at === 'refused') this.#retry()
    this.#lookout.close()
    for (const alarm of [this.#periodAlarm, this.#retryAlarm, this.#finishAlarm]) alarm.clear()
    if (this.#phase.at === 'closed') return
    if (this.#phase.at === 'refused') this.#giveUp(this.#phase)
    this.#phase.file.close()
    this.#phase = { at: 'closed' }
    this.#callWaiting()
  }

  #openFirst (): Opened {
    try {
      return openActive(this.#settings)
    } catch (error) {
      throw new RotorOpenError(this.#settings.file, error)
    }
  }

  // The same for the file that a start finds as for one that somebody else put in place.
  #adopt ({ file, stats: { size, mtimeMs, birthtimeMs }, isTorn }: Opened, reason: 'start' | 'time'): void {
    const begunMs = this.#settings.rotation === null && birthtimeMs > 0 ? Math.min(birthtimeMs, mtimeMs) : mtimeMs
    this.#phase = { at: 'writing', file }
    this.#lookout.begin()
    this.#lastArchive = undefined
    this.#enter(periodAt(size > 0 ? begunMs : this.#clock.now(), this.#settings))
    if (isTorn) this.#endLine(file)
    if (!this.#settings.enabled) return
    this.#finishSwap()
    if (this.#clock.now() >= this.#period.endsMs) this.#endPeriod(reason)
  }

  // Under the lock, so that two who start after a crash do not both end the line that was cut off.
  #endLine (file: ActiveFile): void {
    this.#lock.runAnyway(() => { if (file.endsTorn() && !hasForeignName(this.#log, file)) this.#put(file, newline) })
  }

  #write (lines: Buffer): void {
    let rest = lines
    while (rest.length > 0) {
      if (this.#phase.at !== 'writing') return this.#keep(rest)
      let bytes = bytesBeforeRotation(rest, this.#phase.file.sizeBytes, this.#settings.fileBytesMax)
      if (bytes === 0) {
        if (this.tryRotate('size')) continue
        bytes = rest.length
      }
      this.#put(this.#phase.file, bytes === rest.length ? rest : rest.subarray(0, bytes))
      rest = bytes === rest.length ? nothing : rest.subarray(bytes)
    }
  }

  #put (file: ActiveFile, lines: Buffer): void {
    const error = file.append(lines)
    if (error === null) this.#confirm(file, lines)
    else this.#refuse({ at: 'refused', file, pending: lines, step: 'write', attempts: 1 }, error)
  }

  #confirm (file: ActiveFile, written: Buffer): void {
    const lost = this.#lookout.written(file, written)
    if (lost === 'unsure') this.#refuse({ at: 'refused', file, pending: written, step: 'confirm', attempts: 1 }, new RotorBusyError(this.#lock.path))
    else if (lost !== null) this.#follow(file, lost)
  }

  /** True where somebody else has put another file in place, which is then written from here on. */
  #look (): boolean {
    if (this.#phase.at !== 'writing') return false
    const lost = this.#lookout.look(this.#phase.file)
    if (lost !== null) this.#follow(this.#phase.file, lost)
    return lost !== null
  }

  // Somebody rotated, moved or removed the file: what is at the path now, or a new file there, is written from here on.
  #follow (file: ActiveFile, lost: Buffer): void {
    let next: Opened
    try {
      next = openActive(this.#settings)
    } catch (error) {
      return this.#refuse({ at: 'refused', file, pending: lost, step: 'open', attempts: 1 }, error)
    }
    file.close()
    this.#adopt(next, 'time')
    this.#write(lost)
  }

  #enter (period: Period): void {
    if (period.endsMs !== this.#period.endsMs || !this.#periodAlarm.isSet) this.#periodAlarm.setAt(period.endsMs)
    this.#period = period
  }

  #endPeriod (reason: 'start' | 'time'): void {
    if (this.#phase.at !== 'writing') return
    if (!this.tryRotate(reason)) this.#periodAlarm.setAt(this.#clock.now() + this.#rotations.pauseMs)
  }

  /** Rotates unless it cannot be done now. True where the lines that caused it may be written: to the successor, or to what somebody else put in place. */
  tryRotate (reason: RotationReason): boolean {
    // Of several writers that find the file full at once, one rotates, and most of the others need no lock to see it.
    if (this.#look()) return true
    if (!this.#rotations.isDue) return false
    try {
      this.#rotate(reason)
      return true
    } catch (error) {
      this.#postponeRotation(error)
      return this.#look()
    }
  }

  // A swap that was cut off leaves the file under two names, and readers take it for two files until it is finished. Where
  // the other name is somebody else's, so may be the file, and the lines are better in a new one.
  #finishSwap (): void {
    if (this.#phase.at !== 'writing') return
    try {
      if (this.#phase.file.hasOneName()) this.#rotations.succeeded()
      else this.#rotate('start')
    } catch (error) {
      this.#postponeRotation(error)
      this.#finishAlarm.setAt(this.#rotations.notBeforeMs)
    }
  }

  #postponeRotation (error: unknown): void {
    this.#lastArchive = undefined
    this.#rotations.failed(error)
  }

  #rotate (reason: RotationReason): RotatedEvent | null {
    const outcome = this.#lock.run(() => ({ event: this.#swapIfInPlace(reason) }))
    if (outcome === null) throw new RotorBusyError(this.#lock.path)
    this.#rotations.succeeded()
    if (outcome.event === 'moved') this.#look()
    else if (outcome.event !== null) this.#context.emit('rotated', outcome.event)
    return outcome.event === 'moved' ? null : outcome.event
  }

  // One rotation for one cause: where somebody else was quicker, theirs is followed.
  #swapIfInPlace (reason: RotationReason): RotatedEvent | 'moved' | null {
    if (this.#phase.at !== 'writing') throw new RotorBusyError(this.#settings.file)
    const { file } = this.#phase
    if (!file.refresh(this.#settings.file)) return 'moved'
    const nowMs = this.#clock.now()
    const period = periodAfter(this.#period, nowMs, this.#settings)
    if (file.sizeBytes === 0 && file.hasOneName()) {
      this.#enter(period)
      return null
    }
    const { fsync, mode } = this.#settings
    const stamp = archiveStamp(this.#period, nowMs, this.#settings)
    const { sizeBytes: bytes } = file
    const { successor, id, archive } = swap({ path: this.#settings.file, log: this.#log, file, stamp, last: this.#lastArchive, options: { fsync, mode } })
    file.close()
    this.#phase = { at: 'writing', file: successor }
    this.#lookout.begin()
    this.#enter(period)
    this.#lastArchive = id
    if (fsync) this.#syncNames(successor)
    return { file: this.#settings.file, archive, bytes, reason }
  }

  // No line is taken before the names are safe that lead to it and to those before it.
  #syncNames (file: ActiveFile): void {
    try {
      syncFolderNow(this.#log.directory)
    } catch (error) {
      this.#refuse({ at: 'refused', file, pending: nothing, step: 'sync', attempts: 1 }, error)
    }
  }

  #keep (lines: Buffer): void {
    if (this.#phase.at === 'refused') this.#dropped.add(this.#backlog.push(lines, this.#phase.pending.length))
  }

  #refuse (refused: Refusal, error: unknown): void {
    const retryMs = backoffMs(refused.attempts)
    this.#phase = refused
    this.#context.health.failed(refused.step === 'open' ? 'open' : 'write', error, this.#settings.file, retryMs)
    if (outOfRoom.includes(errnoOf(error))) this.#context.onDiskFull()
    this.#retryAlarm.setAt(this.#clock.monotonic() + retryMs)
  }

  #retry (): void {
    if (this.#phase.at !== 'refused') return
    const refused = this.#phase
    this.#dropped.announce()
    const error = this.#attempt(refused)
    if (error !== null) return this.#refuse({ ...refused, attempts: refused.attempts + 1 }, error)
    for (const lines of this.#backlog.take()) this.#write(lines)
    if (this.#isRefusing()) return
    const lost = this.#dropped.settle()
    this.#context.health.succeeded('open', lost)
    this.#context.health.succeeded('write', lost)
    this.#callWaiting()
  }

  // The phase changes under #write, which the compiler does not see.
  #isRefusing (): boolean {
    return this.#phase.at === 'refused'
  }

  #attempt (refused: Refusal): unknown {
    try {
      switch (refused.step) {
        case 'write': return this.#resume(refused)
        case 'sync':
          syncFolderNow(this.#log.directory)
          this.#phase = { at: 'writing', file: refused.file }
          return null
        case 'confirm': return this.#confirmLate(refused)
        case 'open': return this.#reopen(refused)
      }
    } catch (error) {
      return error
    }
  }

  // A file that lost its last name, as when somebody removed it to make room, is given up with all that it holds, unless that
  // is kept elsewhere.
  #resume (refused: Refusal): Error | null {
    if (refused.file.isLost()) return this.#reopen(refused)
    if (refused.file.isNameless()) return this.#reopen({ file: refused.file, pending: unwrittenLines(refused) })
    const error = refused.file.resume()
    // Another disk may have been put in the place of one that failed for good.
    if (error !== null) return refused.file.isAt(this.#settings.file) ? error : this.#reopen({ file: refused.file, pending: unwrittenLines(refused) })
    this.#phase = { at: 'writing', file: refused.file }
    this.#confirm(refused.file, refused.pending)
    return null
  }

  // Whoever keeps the lock for that long may be stopped for good: the lines are then better twice than perhaps nowhere.
  #confirmLate ({ file, pending, attempts }: Refusal): Error | null {
    const lost = attempts < confirmationsMax ? this.#lookout.lookLate(file, pending) : pending
    if (lost === 'unsure') return new RotorBusyError(this.#lock.path)
    this.#phase = { at: 'writing', file }
    if (lost !== null) this.#follow(file, lost)
    return null
  }

  #reopen ({ file, pending }: Pick<Refusal, 'file' | 'pending'>): null {
    const next = openActive(this.#settings)
    file.close()
    this.#adopt(next, 'time')
    this.#write(pending)
    return null
  }

  #giveUp (refused: Refusal): void {
    const lines = Buffer.concat([unwrittenBytes(refused), ...this.#backlog.take()])
    this.#dropped.add({ lines: countLines(lines), bytes: lines.length })
    this.#dropped.settle()
  }

  #callWaiting (): void {
    for (const callback of this.#waiting.splice(0)) callback()
  }
}
