// The writing side, and the only owner of the active file. It appends whole lines, rotates the file, and follows another
// process that put another file at the path. All of it is synchronous, so no write meets a half-done rotation. It is a state
// machine: `#next` alone leads from one phase to the next (phase.ts), and `#run` is the only loop. full-disk/ handles a
// refusing disk. After the start, nothing here throws for a failing disk.
import { dirname } from 'node:path'
import type { ActiveFile } from '../../disk/active/active-file.js'
import { errnoOf } from '../../disk/errno.js'
import { syncFolderNow } from '../../disk/active/swap-steps.js'
import { RotorBusyError, RotorClosedError, RotorUnsettledError } from '../../errors.js'
import type { RotatedEvent, RotationReason } from '../../events.js'
import { logOf } from '../../policy/names/archive-name.js'
import { endsWithinLine, firstLineBytes } from '../../policy/lines/line-boundary.js'
import { bytesBeforeRotation } from '../../policy/rotation-trigger.js'
import { cureOf } from '../../policy/write-cure.js'
import { FullOrFailingDisk, type FailingDiskContext } from '../full-disk/full-or-failing-disk.js'
import { Lookout } from '../active/lookout.js'
import { openActiveFirst, openNext, type Opened } from '../active/open-active.js'
import { LineQueue, type Claim } from './line-queue.js'
import { afterLook, isResting, leave, whatWaits, type Left, type Phase, type Resting, type Writing } from '../active/phase.js'
import { unwrittenBytes, unwrittenLines, untried, type Refused } from '../active/refused-step.js'
import { Rotations, type Rotation } from '../rotating/rotations.js'
import { endTornLine } from './torn-line.js'

export interface LogWriterContext extends Omit<FailingDiskContext, 'lookout'> {
  readonly onRotated: (event: RotatedEvent) => void
  /** Missing if the application takes nothing back. */
  readonly claim?: Claim | undefined
}

// Busy writers of small files may rotate a few dozen times before a slow one writes. Each rotation takes it about four steps.
/** After this many steps without a line written, the path must be leading to another file at each look. */
const idleStepsMax = 300

export class LogWriter {
  readonly #context: LogWriterContext
  readonly #lookout: Lookout
  readonly #rotations: Rotations
  readonly #disk: FullOrFailingDisk
  /** Lines to write now, in order. Empty between two calls. */
  readonly #lines: LineQueue
  /** Whether a line is being written in parts and is not complete yet. No rotation splits it. */
  #isWithinLine = false
  #phase: Resting = { at: 'closed' }

  /** Opens the active file, or throws a RotorOpenError. */
  constructor (context: LogWriterContext) {
    const { settings, clock, swapLock } = context
    this.#context = context
    this.#lines = new LineQueue((bytes) => context.claim?.(bytes) !== false)
    this.#lookout = new Lookout({ file: settings.file, name: logOf(settings) }, swapLock, clock.monotonic, () => { this.#look() })
    this.#rotations = new Rotations(context, { onDue: (reason) => { this.#rotateIfDue(reason) }, onSoon: () => { void this.prepareRotation() } })
    this.#disk = new FullOrFailingDisk({ ...context, lookout: this.#lookout }, () => { this.#retry() })
    this.#lookout.seek()
    this.#run({ at: 'opened', opened: openActiveFirst(settings, swapLock), reason: 'start' })
  }

  /** Appends whole lines, or the next part of a line of more than 16 MiB. The caller may reuse their memory afterwards. */
  append (given: Buffer): void {
    const droppedBytes = this.#disk.restOfDropped(given)
    if (droppedBytes > 0) this.#context.claim?.(droppedBytes)
    if (this.#rotations.isPeriodOver) this.tryRotate('time')
    this.#lines.pushUnclaimed(droppedBytes > 0 ? given.subarray(droppedBytes) : given)
    this.#run(this.#phase)
  }

  /** Finds out what a rotation within the next second needs to know, so that lines do not wait for it then. */
  async prepareRotation (): Promise<void> {
    if (this.#phase.at === 'writing' && this.#phase.file.sizeBytes > 0) await this.#rotations.prepare(this.#phase.file)
  }

  /** Rotates now. Null: the file is empty, or another process rotated it first. Throws if it cannot. */
  rotate (reason: RotationReason): RotatedEvent | null {
    if (this.#phase.at === 'closed') throw new RotorClosedError(this.#context.settings.file)
    const phase = this.#look()
    if (phase.at !== 'writing' || this.#isWithinLine) throw new RotorBusyError(this.#context.settings.file)
    const rotation = this.#attempt(phase.file, reason)
    this.#run(this.#after(rotation, phase))
    return rotation.is === 'rotated' ? rotation.event : null
  }

  /** Rotates now, unless a line is being written in parts. If the rotation fails, reports it, and the file stays in use. */
  tryRotate (reason: RotationReason): void {
    if (this.#phase.at === 'writing' && !this.#isWithinLine) this.#run({ at: 'due', file: this.#phase.file, reason })
  }

  /** Calls back as soon as all lines appended so far are in the file, or given up. */
  whenWritten (callback: () => void): void {
    if (this.#phase.at === 'refused') this.#disk.whenWritten(callback)
    else callback()
  }

  /** Closes the file after a last attempt to write the waiting lines. */
  close (): void {
    this.#look()
    this.#retry()
    this.#lookout.close()
    this.#rotations.close()
    this.#disk.close()
    const phase = this.#phase
    if (phase.at === 'closed') return
    this.#phase = { at: 'closed' }
    if (phase.at === 'refused') this.#disk.giveUp(phase)
    phase.file.close()
  }

  #look (): Resting {
    return this.#phase.at === 'writing' ? this.#run(afterLook(this.#phase, this.#lookout.look(this.#phase.file))) : this.#phase
  }

  #retry (): void {
    if (this.#phase.at !== 'refused') return
    const next = this.#disk.retry(this.#phase)
    if (next.at !== 'refused') for (const lines of this.#disk.take()) this.#lines.push(lines)
    if (this.#run(next).at !== 'writing') return
    this.#disk.recovered()
    this.#rotateIfDue('time')
  }

  #rotateIfDue (reason: 'start' | 'time'): void {
    if (this.#phase.at !== 'writing') return
    if (this.#rotations.isPeriodOver || (reason === 'start' && this.#rotations.isUnfinished(this.#phase.file))) this.tryRotate(reason)
  }

  /** Goes from phase to phase until the writer rests and no line is left to write. */
  #run (from: Phase): Resting {
    let phase = from
    let leastBytes = Infinity
    for (let idleSteps = 0; !isResting(phase) || this.#lines.bytes > 0; idleSteps++) {
      if (this.#lines.bytes < leastBytes) idleSteps = 0
      leastBytes = Math.min(leastBytes, this.#lines.bytes)
      phase = idleSteps < idleStepsMax ? this.#next(phase) : this.#stop(phase, idleSteps)
    }
    this.#phase = phase
    return phase
  }

  #next (phase: Phase): Phase {
    switch (phase.at) {
      case 'opened': return this.#begin(phase.opened, phase.reason)
      case 'writing': return this.#write(phase)
      case 'written': return this.#confirm({ at: 'writing', file: phase.file }, phase.lines)
      case 'due': return this.#rotate(phase.file, phase.reason)
      case 'outgrown': return this.#outgrow(phase.refused, phase.error)
      case 'left': return this.#open(phase)
      case 'refused':
        this.#lines.claim(this.#lines.bytes)
        for (const lines of this.#lines.take()) this.#disk.keep(lines, phase, this.#isWithinLine)
        return phase
      case 'closed':
        this.#lines.take()
        return phase
    }
  }

  // An earlier process may have left an unfinished line, or a file with two names, which readers see as two files. The second
  // name is from an unfinished rotation or from another program.
  #begin (opened: Opened, reason: 'start' | 'time'): Phase {
    const { file, isTorn } = opened
    this.#lookout.begin()
    this.#rotations.found(opened.stats)
    const phase = isTorn ? this.#endLine(file) : { at: 'writing', file } as const
    if (phase.at !== 'writing' || !this.#context.settings.enabled) return phase
    if (this.#rotations.isUnfinished(file)) return { at: 'due', file, reason: 'start' }
    return this.#rotations.isPeriodOver ? { at: 'due', file, reason } : phase
  }

  #endLine (file: ActiveFile): Phase {
    try {
      return endTornLine(this.#context, file, (newline) => this.#put({ at: 'writing', file }, newline))
    } catch (error) {
      return this.#disk.refuse(untried('open', file), error)
    }
  }

  #write (phase: Writing): Phase {
    const { file } = phase
    const lines = this.#lines.first
    const seen = this.#lookout.isDue() ? this.#looked(phase) : phase
    if (seen.at !== 'writing') return seen
    this.#lookout.lookAtSize(file, lines.length)
    const bytes = this.#isWithinLine ? firstLineBytes(lines) : bytesBeforeRotation(lines, file.sizeBytes, this.#context.settings.fileBytesMax)
    if (bytes > 0) return this.#putNext(phase, this.#lookout.bytesBeforeLook(lines, bytes, this.#context.settings.fileBytesMax - file.sizeBytes))
    const looked = this.#looked(phase)
    if (looked.at !== 'writing') return looked
    return this.#rotations.mayTry ? { at: 'due', file, reason: 'size' } : this.#putNext(phase, lines.length)
  }

  #putNext (phase: Writing, bytes: number): Phase {
    if (!this.#lines.claim(bytes)) return phase
    const lines = this.#lines.shift(bytes)
    this.#isWithinLine = endsWithinLine(lines)
    this.#rotations.expect(phase.file)
    return this.#put(phase, lines)
  }

  #put (phase: Writing, lines: Buffer): Phase {
    const error = phase.file.append(lines)
    if (error === null) return this.#confirm(phase, lines)
    const refused = untried('write', phase.file, phase.file.keep(lines))
    return cureOf(errnoOf(error)) === 'new file' ? { at: 'outgrown', refused, error } : this.#disk.refuse(refused, error)
  }

  // Lines that the file took stay in it. A line that it took in part goes into the next file as a whole.
  #outgrow (refused: Refused, error: Error): Phase {
    const { file } = refused
    if (!this.#rotations.mayTry) return this.#disk.refuse(refused, error)
    try {
      const partBytes = unwrittenLines(refused).length - unwrittenBytes(refused).length
      const isLongerThanAnyFile = partBytes > 0 && file.stats().size <= partBytes
      file.removePart(!this.#lookout.seesOthers)
      const rest = unwrittenLines(refused)
      const rotation = this.#attempt(file, 'size')
      if (isLongerThanAnyFile) this.#dropFirst(rest, error)
      else if (rotation.is === 'empty') return this.#disk.refuse(refused, error)
      else this.#lines.unshift(rest)
      return this.#after(rotation, { at: 'writing', file })
    } catch (failure) {
      this.#rotations.failed(failure, 'size')
      return this.#disk.refuse(refused, error)
    }
  }

  #dropFirst (lines: Buffer, error: Error): void {
    const bytes = firstLineBytes(lines)
    this.#disk.dropLongLine(lines.subarray(0, bytes), error)
    this.#lines.unshift(lines.subarray(bytes))
  }

  #confirm (phase: Writing, lines: Buffer): Phase {
    const sighting = this.#lookout.written(phase.file, lines)
    switch (sighting.is) {
      case 'in place': return phase
      case 'left': return leave(phase.file, sighting.lines)
      case 'unsure': return this.#disk.refuse(untried('confirm', phase.file, Buffer.from(lines)), sighting.error)
    }
  }

  #looked (phase: Writing): Phase {
    return afterLook(phase, this.#lookout.lookUnlessFresh(phase.file))
  }

  // When several writers find the file full at the same time, one rotates it. Most others see that without the lock.
  #rotate (file: ActiveFile, reason: RotationReason): Phase {
    const phase = this.#looked({ at: 'writing', file })
    if (phase.at !== 'writing' || !this.#rotations.mayTry) return phase
    try {
      return this.#after(this.#attempt(file, reason), phase)
    } catch (error) {
      this.#rotations.failed(error, reason)
      // The attempt may have waited a second for the lock. If not, the look before it still counts.
      return this.#lookout.isDue() ? this.#looked(phase) : phase
    }
  }

  #attempt (file: ActiveFile, reason: RotationReason): Rotation {
    this.#lookout.seek()
    return this.#rotations.attempt(file, reason)
  }

  #after (rotation: Rotation, phase: Writing): Phase {
    switch (rotation.is) {
      case 'empty': return phase
      case 'moved': return afterLook(phase, this.#lookout.look(phase.file))
      case 'rotated':
        phase.file.close()
        this.#lookout.begin()
        this.#context.onRotated(rotation.event)
        return this.#withLastingNames(rotation.successor)
    }
  }

  // With `fsync`, no line is taken before the file's name, and the names of earlier files, survive a power cut.
  #withLastingNames (file: ActiveFile): Phase {
    try {
      if (this.#context.settings.fsync) syncFolderNow(dirname(this.#context.settings.file))
      return { at: 'writing', file }
    } catch (error) {
      return this.#disk.refuse(untried('sync', file), error)
    }
  }

  #open ({ file, lines, otherwise }: Left): Phase {
    try {
      this.#lookout.seek()
      const opened = openNext(this.#context.settings, this.#context.swapLock, file)
      this.#lines.unshift(lines)
      return { at: 'opened', opened, reason: 'time' }
    } catch (error) {
      return this.#disk.refuse(otherwise, error)
    }
  }

  // At first the rotation is postponed, so lines go into the full file. Later the lines wait, as they do for a failing disk.
  #stop (phase: Phase, idleSteps: number): Phase {
    const error = new RotorUnsettledError(this.#context.settings.file)
    if (idleSteps === idleStepsMax) this.#rotations.failed(error, 'size')
    if (idleSteps < 2 * idleStepsMax || phase.at === 'refused' || phase.at === 'closed') return this.#next(phase)
    return this.#disk.refuse(whatWaits(phase), error)
  }
}
