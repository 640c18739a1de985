// Tells whether the path still leads to the file that is being written. Other processes may rotate, move or remove that file
// at any time. The lookout decides when to look, and which lines no reader will find. policy/settling.ts says why that is
// enough.
import type { ActiveFile } from '../../disk/active/active-file.js'
import type { Lock } from '../../disk/lock/lock.js'
import type { LogName } from '../../policy/names/archive-name.js'
import { leadingLinesBytes } from '../../policy/lines/line-boundary.js'
import { linesAfter } from '../../policy/lines/lines-after.js'
import { RotorBusyError } from '../../errors.js'
import { lookEveryBytes, lookEveryMs, lookWhenIdleMs, settleMs } from '../../policy/settling.js'
import { Alarm } from '../alarm.js'
import { plainArchiveOf } from '../rotating/archive-naming.js'
import { returnArchiveOf } from '../kept-archive.js'
import { UnconfirmedLines } from './unconfirmed-lines.js'

/** The result of a look. */
export type Sighting =
  /** The path leads to the file, or a later look will tell. */
  | { readonly is: 'in place' }
  /** The path leads elsewhere. These lines, perhaps none, must be written again. */
  | { readonly is: 'left', readonly lines: Buffer }
  /** It cannot be told: the file may be removed at this moment, or the disk fails. Look again with `lookLate`. */
  | { readonly is: 'unsure', readonly error: unknown }

const inPlace: Sighting = { is: 'in place' }
const nothing: Buffer = Buffer.alloc(0)
/** After a writer saw others at the file, it looks before each write for so long, because they fill it too. */
const othersRememberedMs = 1_000
/** So many writers that do not know of each other share the room that a file has. */
const unseenWritersMax = 16

/** The path that is written to, and the name that identifies its archives. */
export interface LookoutLog { readonly file: string, readonly name: LogName }

export class Lookout {
  readonly #log: LookoutLog
  readonly #lock: Lock
  readonly #monotonic: () => number
  readonly #alarm: Alarm
  readonly #unconfirmed = new UnconfirmedLines()
  /** Whether the alarm is set because lines wait for a look. Otherwise it is set for an idle writer. */
  #isLookSoon = false
  /** The last reading of the clock. */
  #nowMs = 0
  #soughtMs = 0
  #lookedMs = 0
  /** When a look last showed that others write to the file too, or replaced it. */
  #othersSeenMs = -Infinity
  #isFresh = false
  /** Bytes written since the last look at the file's size. */
  #unseenBytes = 0
  /** Whether the two last looks were less than `lookEveryMs` apart, and only this writer wrote between them. */
  #isAlone = false

  /** `onDue` is called when lines have waited for a look. */
  constructor (log: LookoutLog, lock: Lock, monotonic: () => number, onDue: () => void) {
    this.#log = log
    this.#lock = lock
    this.#monotonic = monotonic
    this.#alarm = new Alarm(monotonic, () => {
      this.#isLookSoon = false
      onDue()
    })
  }

  // A reading of the clock takes long beside a small write, so the last one serves.
  /** Whether a recent look showed that others write to the file too, or replaced it. */
  get seesOthers (): boolean {
    return this.#nowMs - this.#othersSeenMs < othersRememberedMs
  }

  /** Whether a look must come before the next write: the last one is too old, or others write to the file too. */
  isDue (): boolean {
    return this.#readClock() - this.#lookedMs >= lookEveryMs || this.seesOthers
  }

  /** Looks now. A file that was opened a moment ago counts as being in place, even if the file system returns other numbers for it. */
  lookUnlessFresh (file: ActiveFile): Sighting {
    return this.#isFresh ? inPlace : this.look(file)
  }

  #readClock (): number {
    this.#nowMs = this.#monotonic()
    return this.#nowMs
  }

  /** Call this before you look for a file at the path, or put one there. */
  seek (): void {
    this.#soughtMs = this.#readClock()
  }

  // A writer may be held up right after it found the file, for so long that the file is not in place any more.
  /** Starts with a file that was found or put at the path after `seek`. */
  begin (): void {
    this.#isFresh = true
    this.#unseenBytes = 0
    this.#isAlone = false
    this.#lookedMs = this.#soughtMs
    this.#lookWhenIdle()
    this.#unconfirmed.clear()
  }

  // Others may begin at the same moment, for example when all of them reach a boundary. So the first lines are few, and what others
  // wrote meanwhile shows in the size after those. Several writers may still take themselves for the only one. So each takes a part of
  // the room that is left.
  /** Returns how many of the bytes may be written before the next look, if there is room for so many in the file. */
  bytesBeforeLook (lines: Buffer, bytes: number, roomBytes: number): number {
    const partBytes = this.seesOthers || !this.#isAlone ? 0 : roomBytes / unseenWritersMax
    const most = Math.max(lookEveryBytes, partBytes)
    return bytes > most ? leadingLinesBytes(lines.subarray(0, bytes), most) : bytes
  }

  /** Corrects the file's size right before so many bytes are written, if others may have filled the file meanwhile. */
  lookAtSize (file: ActiveFile, bytes: number): void {
    if (this.#unseenBytes + bytes <= lookEveryBytes || (this.#unseenBytes === 0 && !this.#isAlone)) return
    const { sizeBytes } = file
    file.correctSize()
    this.#isAlone = file.sizeBytes === sizeBytes
    if (!this.#isAlone) this.#othersSeenMs = this.#readClock()
    this.#unseenBytes = 0
  }

  // A file may have lost its names since it was seen in place. If it is not sealed, its last lines are in no copy, and
  // they are written again. If a limit removed the file together with these lines, they come back. That happens only to a
  // writer that was held up.
  /** Looks now. */
  look (file: ActiveFile, justWritten: Buffer = nothing): Sighting {
    this.#isFresh = false
    const lookedMs = this.#readClock()
    const { sizeBytes } = file
    const isInPlace = this.#isInPlace(file)
    const isLost = !isInPlace && this.#isRemoved(file)
    const lines = isLost ? this.#linesToWriteAgain(file, Buffer.concat([this.#unconfirmed.copy(), justWritten])) : nothing
    if (!isInPlace || file.sizeBytes !== sizeBytes) this.#othersSeenMs = lookedMs
    this.#isAlone = this.#unseenBytes > 0 && lookedMs - this.#lookedMs < lookEveryMs
    this.#lookedMs = lookedMs
    this.#unseenBytes = 0
    this.#lookWhenIdle()
    this.#unconfirmed.clear()
    return isInPlace ? inPlace : { is: 'left', lines }
  }

  /** Notes lines that were written a moment ago, and looks at once if that cannot wait. */
  written (file: ActiveFile, lines: Buffer): Sighting {
    this.#isFresh = false
    this.#unseenBytes += lines.length
    if (this.#readClock() - this.#lookedMs >= settleMs) return this.lookLate(file, lines)
    if (!this.#unconfirmed.add(lines)) return this.look(file, lines)
    if (!this.#isLookSoon) this.#lookSoon()
    return inPlace
  }

  // policy/settling.ts has the rule. The lock keeps the look from falling between the steps of a removal. Otherwise lines
  // could be written twice.
  /** Looks after lines were written too long after the last look. */
  lookLate (file: ActiveFile, lines: Buffer): Sighting {
    try {
      const isSafe = this.#lock.runUnlessHeld(() => file.isSealed() || this.#isWhereReadersRead(file) || this.#isReturned(file))
      if (isSafe === null) return { is: 'unsure', error: new RotorBusyError(this.#lock.path) }
      return isSafe ? this.look(file) : { is: 'left', lines: linesInNoCopy(file, lines) }
    } catch (error) {
      return { is: 'unsure', error }
    }
  }

  #lookSoon (): void {
    this.#isLookSoon = true
    this.#alarm.setAt(this.#monotonic() + lookEveryMs)
  }

  #lookWhenIdle (): void {
    if (this.#isLookSoon) return
    this.#alarm.setUnlessSet(lookWhenIdleMs)
  }

  /** Stops looking. */
  close (): void {
    this.#alarm.clear()
  }

  #isWhereReadersRead (file: ActiveFile): boolean {
    return file.isAlso(this.#log.file) || plainArchiveOf(this.#log.name, file) !== null
  }

  // A sweeper that was killed while it removed the file, or whose lock was broken, left it under a hidden name. With its name back,
  // readers find the lines. If the sweeper goes on, it finds nothing to remove. Or it has given the name back itself, since the first look.
  // Without hard links, the file may also be on its way to an archive name, in the passage of a writer that is held up.
  #isReturned (file: ActiveFile): boolean {
    returnArchiveOf(this.#log.name, file)
    if (this.#isWhereReadersRead(file)) return true
    this.#lock.removeTokens()
    return this.#isWhereReadersRead(file)
  }

  // A file without names was removed. If a backup may have given it a name, a listing shows whether it has one that readers read.
  // If the folder cannot be listed, the lines are written again. Twice is better than lost.
  #isRemoved (file: ActiveFile): boolean {
    try {
      return file.isLost() || (file.mayHaveForeignName() && !file.isSealed() && !this.#isWhereReadersRead(file))
    } catch {
      return true
    }
  }

  // If the disk does not tell which lines are in no copy, all of them are written again.
  #linesToWriteAgain (file: ActiveFile, lines: Buffer): Buffer {
    try {
      return linesInNoCopy(file, lines)
    } catch {
      return lines
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

// Another delayed writer may have broken the seal of a removed file. What was in the file before the seal is in its copy.
function linesInNoCopy (file: ActiveFile, lines: Buffer): Buffer {
  const end = file.readAcrossSeal(lines.length)
  return end === null ? lines : linesAfter(lines, end.bytes, end.sealedAt)
}
