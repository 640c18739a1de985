// Whether the path still leads to the file that is being written: others may rotate, move or remove that file at any time.
// The lookout says when to look, and which lines no reader will find. policy/settling.ts says why that is enough.
import type { ActiveFile } from '../../disk/active/active-file.js'
import type { Lock } from '../../disk/lock/lock.js'
import type { LogName } from '../../policy/names/archive-name.js'
import { leadingLinesBytes } from '../../policy/lines/line-boundary.js'
import { lookEveryBytes, lookEveryMs, lookWhenIdleMs, settleMs } from '../../policy/settling.js'
import { Alarm } from '../alarm.js'
import { plainArchiveOf } from './swap.js'
import { UnconfirmedLines } from './unconfirmed-lines.js'

/** What a look found. */
export type Sighting =
  /** The path leads to the file, or the next look will tell. */
  | { readonly is: 'in place' }
  /** The path leads elsewhere. The lines, perhaps none, must be written again. */
  | { readonly is: 'left', readonly lines: Buffer }
  /** The file may be being removed at this moment: look again with `lookLate`. */
  | { readonly is: 'unsure' }

const inPlace: Sighting = { is: 'in place' }
const nothing: Buffer = Buffer.alloc(0)
/** A writer that saw others at the file looks before each write for so long, to know how full they have made it. */
const othersRememberedMs = 1_000

/** The path that the writer writes to, and the name that tells its archives. */
export interface LookoutLog { readonly file: string, readonly name: LogName }

export class Lookout {
  readonly #log: LookoutLog
  readonly #lock: Lock
  readonly #monotonic: () => number
  readonly #alarm: Alarm
  readonly #unconfirmed = new UnconfirmedLines()
  /** Whether the alarm is set for lines that wait for a look, and not for an idle writer. */
  #isLookSoon = false
  #lookedMs = 0
  /** When a look last showed that others write the file too, or put another in its place. */
  #othersSeenMs = -Infinity
  #isFresh = false
  /** Bytes that were written since the file's own size was looked at, 0 after a look at the path, and 1 after one at the size alone. */
  #unseenBytes = 0

  /** `onDue` is called when lines have been waiting for a look. */
  constructor (log: LookoutLog, lock: Lock, monotonic: () => number, onDue: () => void) {
    this.#log = log
    this.#lock = lock
    this.#monotonic = monotonic
    this.#alarm = new Alarm(monotonic, () => {
      this.#isLookSoon = false
      onDue()
    })
  }

  /** Whether a look lately showed that others write the file too, or replaced it. */
  get seesOthers (): boolean {
    return this.#monotonic() - this.#othersSeenMs < othersRememberedMs
  }

  /** Whether a look must come before the next write: the last one is too long ago, or others write the file too. */
  get isDue (): boolean {
    return this.#sinceLookMs >= lookEveryMs || this.seesOthers
  }

  /** Looks now, unless the file was opened this instant and so counts as being in place, whatever numbers the file system gives. */
  lookUnlessFresh (file: ActiveFile): Sighting {
    return this.#isFresh ? inPlace : this.look(file)
  }

  get #sinceLookMs (): number {
    return this.#monotonic() - this.#lookedMs
  }

  /** Starts with a file that was found, or put, at the path a moment ago. */
  begin (): void {
    this.#isFresh = true
    this.#unseenBytes = 0
    this.#lookedMs = this.#monotonic()
    this.#lookWhenIdle()
    this.#unconfirmed.clear()
  }

  /** How many of the bytes may be written before the next look. */
  bytesBeforeLook (lines: Buffer, bytes: number): number {
    return (this.seesOthers || this.#unseenBytes === 0) && bytes > lookEveryBytes ? leadingLinesBytes(lines.subarray(0, bytes), lookEveryBytes) : bytes
  }

  // The first lines after a look are few, and what others wrote meanwhile shows in the size after them.
  /** Sets the size of the file right before so many bytes are written, if so much was written that others may have filled it. */
  lookAtSize (file: ActiveFile, bytes: number): void {
    if (this.#unseenBytes === 0 || this.#unseenBytes + bytes <= lookEveryBytes) return
    const { sizeBytes } = file
    file.correctSize()
    if (file.sizeBytes !== sizeBytes) this.#othersSeenMs = this.#monotonic()
    this.#unseenBytes = 1
  }

  // The clock is read again after the look. A file that lost its name so soon after it was seen in place was removed without
  // the wait of policy/settling.ts, so its last lines are in no copy. Later, a limit may have removed it with all its lines.
  /** Looks now. */
  look (file: ActiveFile, justWritten: Buffer = nothing): Sighting {
    this.#isFresh = false
    const lookedMs = this.#monotonic()
    const { sizeBytes } = file
    const isInPlace = this.#isInPlace(file)
    const isLost = !isInPlace && file.isLost() && this.#sinceLookMs < settleMs
    const lines = isLost ? Buffer.concat([this.#unconfirmed.copy(), justWritten]) : nothing
    if (!isInPlace || file.sizeBytes !== sizeBytes) this.#othersSeenMs = lookedMs
    this.#lookedMs = lookedMs
    this.#unseenBytes = 0
    this.#lookWhenIdle()
    this.#unconfirmed.clear()
    return isInPlace ? inPlace : { is: 'left', lines }
  }

  /** Takes note of lines that were written a moment ago, and looks where that cannot wait. */
  written (file: ActiveFile, lines: Buffer): Sighting {
    this.#isFresh = false
    this.#unseenBytes += lines.length
    if (this.#sinceLookMs >= settleMs) return this.lookLate(file, lines)
    if (!this.#unconfirmed.add(lines)) return this.look(file, lines)
    if (!this.#isLookSoon) this.#lookSoon()
    return inPlace
  }

  // policy/settling.ts has the rule. The lock keeps the look from falling between the steps of a removal, after which lines
  // could be written twice.
  /** Looks after lines were written too long after the last look. */
  lookLate (file: ActiveFile, lines: Buffer): Sighting {
    const isSafe = this.#lock.runUnlessHeld(() => file.isSealed() || this.#isWhereReadersRead(file))
    if (isSafe === null) return { is: 'unsure' }
    return isSafe ? this.look(file) : { is: 'left', lines }
  }

  #lookSoon (): void {
    this.#isLookSoon = true
    this.#alarm.setAt(this.#monotonic() + lookEveryMs)
  }

  #lookWhenIdle (): void {
    if (this.#isLookSoon) return
    this.#alarm.setAt(this.#monotonic() + lookWhenIdleMs)
  }

  /** Stops looking. */
  close (): void {
    this.#alarm.clear()
  }

  // If the folder cannot be listed, the lines are written again. Twice is better than lost.
  #isWhereReadersRead (file: ActiveFile): boolean {
    try {
      return file.isAlso(this.#log.file) || plainArchiveOf(this.#log.name, file) !== null
    } catch {
      return false
    }
  }

  // A folder that cannot be read at the moment says nothing about the open file.
  #isInPlace (file: ActiveFile): boolean {
    try {
      return file.refresh(this.#log.file)
    } catch {
      return true
    }
  }
}
