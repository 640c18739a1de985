// What happens while the disk is full or fails: lines wait in memory up to the option `buffer`, the step that was refused is
// tried again with pauses, and lines beyond `buffer` are dropped and counted. The application hears of each once.
import { dirname } from 'node:path'
import type { Clock } from '../../clock.js'
import { errnoOf } from '../../disk/errno.js'
import type { Lock } from '../../disk/lock/lock.js'
import { syncFolderNow } from '../../disk/active/swap-steps.js'
import { RotorBusyError } from '../../errors.js'
import type { Emit } from '../../events.js'
import type { Settings } from '../../options/settings.js'
import { backoffMs } from '../../policy/backoff.js'
import { cureOf } from '../../policy/write-error.js'
import { countLines } from '../../policy/lines/line-boundary.js'
import { Alarm } from '../alarm.js'
import type { StepHealth } from '../step-health.js'
import { Backlog } from './backlog.js'
import { DropCount } from '../../policy/lines/drop-count.js'
import type { Lookout } from './lookout.js'
import { leave, type Phase } from './phase.js'
import { unwrittenBytes, unwrittenLines, type Refused } from './refused.js'

export interface FailingDiskContext {
  readonly settings: Settings
  readonly clock: Clock
  readonly emit: Emit
  readonly health: StepHealth
  readonly swapLock: Lock
  readonly lookout: Lookout
  /** Called when a write found no room, so that a sweep can make some. */
  readonly onDiskFull: () => void
}

/** After so many attempts to find out where lines are, each up to a second long, they are written again. */
const confirmationsMax = 5
const outOfRoom = ['ENOSPC', 'EDQUOT']

export class FullOrFailingDisk {
  readonly #context: FailingDiskContext
  readonly #backlog: Backlog
  readonly #dropped: DropCount
  readonly #retryAlarm: Alarm
  readonly #waiting: Array<() => void> = []

  /** `onRetry` is called when the refused step is to be tried again. */
  constructor (context: FailingDiskContext, onRetry: () => void) {
    this.#context = context
    this.#backlog = new Backlog(context.settings.bufferBytesMax)
    this.#dropped = new DropCount(context.emit, context.clock.now)
    this.#retryAlarm = new Alarm(context.clock.monotonic, onRetry)
  }

  /** Reports the refusal and sets the time of the next attempt. Returns the phase that follows. */
  refuse (refused: Refused, error: unknown): Refused {
    const { health, settings, clock } = this.#context
    const attempts = refused.attempts + 1
    const retryMs = backoffMs(attempts)
    health.failed(refused.step === 'open' ? 'open' : 'write', error, settings.file, retryMs)
    if (outOfRoom.includes(errnoOf(error))) this.#context.onDiskFull()
    this.#retryAlarm.setAt(clock.monotonic() + retryMs)
    return { ...refused, attempts }
  }

  /** Keeps a copy of lines that come while others wait, or drops and counts them. */
  keep (lines: Buffer, { pending }: Refused): void {
    this.#dropped.add(this.#backlog.push(lines, pending.length))
  }

  /** Drops and counts a line that is longer than any file may be. */
  dropLongLine (line: Buffer, error: Error): void {
    const { health, settings } = this.#context
    health.failed('write', error, settings.file, 0)
    this.#dropped.add({ lines: 1, bytes: line.length })
    health.succeeded('write', this.#dropped.settle())
  }

  /** Tries the refused step again. Returns the phase that follows, `refused` where it failed again. */
  retry (refused: Refused): Phase {
    this.#dropped.announce()
    try {
      return this.#attempt(refused)
    } catch (error) {
      return this.refuse(refused, error)
    }
  }

  /** The lines that waited, oldest first. They wait no longer. */
  take (): Buffer[] {
    return this.#backlog.take()
  }

  /** Reports that the disk works again: no line waits any more. */
  recovered (): void {
    const { health } = this.#context
    const lost = this.#dropped.settle()
    health.succeeded('open', lost)
    health.succeeded('write', lost)
    this.#callWaiting()
  }

  /** Calls back when no line waits any more, or all were given up. */
  whenWritten (callback: () => void): void {
    this.#waiting.push(callback)
  }

  /** Tries no more. */
  close (): void {
    this.#retryAlarm.clear()
  }

  /** Drops and counts what still waits. */
  giveUp (refused: Refused): void {
    const lines = Buffer.concat([unwrittenBytes(refused), ...this.take()])
    this.#dropped.add({ lines: countLines(lines), bytes: lines.length })
    this.#dropped.settle()
    this.#callWaiting()
  }

  #attempt (refused: Refused): Phase {
    const { file, pending, step } = refused
    switch (step) {
      case 'write': return this.#resume(refused)
      case 'confirm': return this.#confirmAgain(refused)
      case 'open': return { at: 'left', file, lines: pending, otherwise: refused }
      case 'sync':
        syncFolderNow(dirname(this.#context.settings.file))
        return { at: 'writing', file }
    }
  }

  // A file without a name is gone, for example removed to make room. Its lines go into another file, unless a copy of it
  // holds them.
  #resume (refused: Refused): Phase {
    const { file, pending } = refused
    if (file.isLost()) return { at: 'left', file, lines: pending, otherwise: refused }
    if (file.isNameless()) return { at: 'left', file, lines: unwrittenLines(refused), otherwise: refused }
    const error = file.resume()
    if (error === null) return { at: 'written', file, lines: pending }
    const cure = cureOf(errnoOf(error))
    if (cure === 'new file') return { at: 'outgrown', refused, error }
    // Another disk may have been mounted in the place of one that failed for good.
    if (cure === 'reopen' || !file.isAt(this.#context.settings.file)) return { at: 'left', file, lines: unwrittenLines(refused), otherwise: refused }
    return this.refuse(refused, error)
  }

  // A process that holds the lock for that long may be stopped for good. Lines are then better written twice than lost.
  #confirmAgain (refused: Refused): Phase {
    const { file, pending, attempts } = refused
    if (attempts >= confirmationsMax) return leave(file, pending)
    const sighting = this.#context.lookout.lookLate(file, pending)
    switch (sighting.is) {
      case 'in place': return { at: 'writing', file }
      case 'left': return leave(file, sighting.lines)
      case 'unsure': return this.refuse(refused, new RotorBusyError(this.#context.swapLock.path))
    }
  }

  #callWaiting (): void {
    for (const callback of this.#waiting.splice(0)) callback()
  }
}
