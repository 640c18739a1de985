// What happens while the disk is full or fails. Lines wait in memory up to the option `buffer`. The refused step is tried
// again with pauses. Lines beyond `buffer` are dropped and counted. The application gets one event for each.
import { dirname } from 'node:path'
import type { Clock } from '../../clock.js'
import { errnoOf, isOutOfRoom } from '../../disk/errno.js'
import type { Lock } from '../../disk/lock/lock.js'
import { syncFolderNow } from '../../disk/active/swap-steps.js'
import type { Emit } from '../../events.js'
import type { Settings } from '../../options/settings.js'
import { backoffMs } from '../../policy/backoff.js'
import { cureOf } from '../../policy/write-cure.js'
import { countLines, firstLineBytes } from '../../policy/lines/line-boundary.js'
import { Alarm } from '../alarm.js'
import type { StepHealth } from '../step-health.js'
import { Backlog } from './backlog.js'
import { DropCount } from '../../policy/lines/drop-count.js'
import type { Lookout } from '../active/lookout.js'
import { leave, type Phase } from '../active/phase.js'
import { unwrittenBytes, unwrittenLines, type Refused } from '../active/refused-step.js'

export interface FailingDiskContext {
  readonly settings: Settings
  readonly clock: Clock
  readonly emit: Emit
  readonly health: StepHealth
  readonly swapLock: Lock
  readonly lookout: Lookout
  /** Called when a write found no room, so that a sweep can make room. */
  readonly onDiskFull: () => void
}

/** After this many attempts to locate lines, each up to a second long, they are written again. */
const confirmationsMax = 5

export class FullOrFailingDisk {
  readonly #context: FailingDiskContext
  readonly #backlog: Backlog
  readonly #dropped: DropCount
  readonly #retryAlarm: Alarm
  readonly #waiting: Array<() => void> = []

  /** `onRetry` is called when it is time to try the refused step again. */
  constructor (context: FailingDiskContext, onRetry: () => void) {
    this.#context = context
    this.#backlog = new Backlog(context.settings.bufferBytesMax)
    this.#dropped = new DropCount(context.emit, context.clock.now)
    this.#retryAlarm = new Alarm(context.clock.monotonic, onRetry)
  }

  /** Reports the refusal and sets the time of the next attempt. Returns the next phase. */
  refuse (refused: Refused, error: unknown): Refused {
    const { health, settings, clock } = this.#context
    const attempts = refused.attempts + 1
    const retryMs = backoffMs(attempts)
    health.failed(refused.step === 'open' ? 'open' : 'write', error, settings.file, retryMs)
    if (isOutOfRoom(error)) this.#context.onDiskFull()
    this.#retryAlarm.setAt(clock.monotonic() + retryMs)
    return { ...refused, attempts }
  }

  /** Keeps a copy of lines that come while others wait, or drops and counts them. They may begin within a line. */
  keep (lines: Buffer, { pending }: Refused, isWithinLine: boolean): void {
    this.#dropped.add(this.#backlog.push(lines, { heldBytes: pending.length, isWithinLine }))
  }

  /** How many leading bytes of the lines are the rest of a line that was dropped. They are counted as dropped as well. */
  restOfDropped (lines: Buffer): number {
    if (!this.#backlog.isWithinLost) return 0
    const bytes = firstLineBytes(lines)
    this.#dropped.add(this.#backlog.drop(lines.subarray(0, bytes)))
    return bytes
  }

  /** Drops and counts a line that is longer than any file may be. */
  dropLongLine (line: Buffer, error: Error): void {
    const { health, settings } = this.#context
    health.failed('write', error, settings.file, 0)
    this.#dropped.add({ lines: 1, bytes: line.length })
    health.succeeded('write', this.#dropped.settle())
  }

  /** Tries the refused step again. Returns the next phase: `refused` if it failed again. */
  retry (refused: Refused): Phase {
    this.#dropped.announce()
    try {
      return this.#attempt(refused)
    } catch (error) {
      return this.refuse(refused, error)
    }
  }

  /** Returns the waiting lines, oldest first, and forgets them. */
  take (): Buffer[] {
    return this.#backlog.take()
  }

  /** Reports that the disk works again and no line waits. */
  recovered (): void {
    const { health } = this.#context
    const lost = this.#dropped.settle()
    health.succeeded('open', lost)
    health.succeeded('write', lost)
    this.#callWaiting()
  }

  /** Calls back when no line waits any more, because all were written or given up. */
  whenWritten (callback: () => void): void {
    this.#waiting.push(callback)
  }

  /** Stops trying. */
  close (): void {
    this.#retryAlarm.clear()
  }

  /** Drops and counts the lines that still wait. */
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

  // A file without a name is gone, for example removed to make room. Its lines go into another file, unless a copy of the
  // file holds them.
  #resume (refused: Refused): Phase {
    const { file, pending } = refused
    if (file.isLost()) return { at: 'left', file, lines: pending, otherwise: refused }
    if (file.isNameless()) return { at: 'left', file, lines: unwrittenLines(refused), otherwise: refused }
    const error = file.resume()
    if (error === null) return { at: 'written', file, lines: pending }
    const cure = cureOf(errnoOf(error))
    if (cure === 'new file') return { at: 'outgrown', refused, error }
    // Another disk may have been mounted in place of one that failed for good.
    if (cure === 'reopen' || !file.isAt(this.#context.settings.file)) return { at: 'left', file, lines: unwrittenLines(refused), otherwise: refused }
    return this.refuse(refused, error)
  }

  // A process that holds the lock for so long may be stopped for good. Writing lines twice is better than losing them.
  #confirmAgain (refused: Refused): Phase {
    const { file, pending, attempts } = refused
    if (attempts >= confirmationsMax) return leave(file, pending)
    const sighting = this.#context.lookout.lookLate(file, pending)
    switch (sighting.is) {
      case 'in place': return { at: 'writing', file }
      case 'left': return leave(file, sighting.lines)
      case 'unsure': return this.refuse(refused, sighting.error)
    }
  }

  #callWaiting (): void {
    for (const callback of this.#waiting.splice(0)) callback()
  }
}
