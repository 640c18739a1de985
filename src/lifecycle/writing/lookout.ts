// Whether the path still leads to the file that is being written: others may rotate, move or remove it at any time. It
// says when to look, and which lines went where nobody will find them. See policy/settling.ts for why that is enough.
import type { ActiveFile } from '../../disk/active/active-file.js'
import type { Lock } from '../../disk/lock/lock.js'
import { lookEveryMs, settleMs } from '../../policy/settling.js'
import { Alarm } from '../alarm.js'
import { UnconfirmedLines } from './unconfirmed-lines.js'

const nothing: Buffer = Buffer.alloc(0)
/** For so long whoever saw others at the file looks before each write, to know how full they have made it. */
const othersRememberedMs = 1_000

export class Lookout {
  readonly #path: string
  readonly #lock: Lock
  readonly #monotonic: () => number
  readonly #alarm: Alarm
  readonly #unconfirmed = new UnconfirmedLines()
  #lookedMs = 0
  /** When it was last seen that others write the file too, or put another in its place. */
  #othersSeenMs = -Infinity

  /** `onDue` is called when lines have been waiting for a look. */
  constructor (path: string, lock: Lock, monotonic: () => number, onDue: () => void) {
    this.#path = path
    this.#lock = lock
    this.#monotonic = monotonic
    this.#alarm = new Alarm(monotonic, onDue)
  }

  /** Whether the last look is too long ago to write without another. With others at the file, each write is one too long. */
  get isDue (): boolean {
    const nowMs = this.#monotonic()
    return nowMs - this.#lookedMs >= lookEveryMs || nowMs - this.#othersSeenMs < othersRememberedMs
  }

  get #sinceLookMs (): number {
    return this.#monotonic() - this.#lookedMs
  }

  /** Starts with a file that has just been found, or put, under the path. */
  begin (): void {
    this.#lookedMs = this.#monotonic()
    this.#unconfirmed.clear()
  }

  // The time is asked for after the name: a file without one so soon after it was seen in place was removed by somebody who
  // did not wait. Later it may have been removed in time, by a limit, with all that was written until then.
  /** Null while the path leads to the file; else the lines that are to be written again elsewhere, perhaps none. */
  look (file: ActiveFile, justWritten: Buffer = nothing): Buffer | null {
    const lookedMs = this.#monotonic()
    const { sizeBytes } = file
    const isInPlace = this.#isInPlace(file)
    const isLost = !isInPlace && file.isLost() && this.#sinceLookMs < settleMs
    const lost = isLost ? Buffer.concat([this.#unconfirmed.copy(), justWritten]) : nothing
    if (!isInPlace || file.sizeBytes !== sizeBytes) this.#othersSeenMs = lookedMs
    this.#lookedMs = lookedMs
    this.#unconfirmed.clear()
    return isInPlace ? null : lost
  }

  /** Takes note of lines that were just written, and answers like `look` where it looked; `unsure` where it must be asked again. */
  written (file: ActiveFile, lines: Buffer): Buffer | null | 'unsure' {
    if (this.#sinceLookMs >= settleMs) return this.lookLate(file, lines)
    if (!this.#unconfirmed.add(lines)) return this.look(file, lines)
    this.#alarm.setUnlessSet(lookEveryMs)
    return null
  }

  // Under the lock nobody can be removing the file. So either it has a name, and whoever removes it next will read these
  // lines first; or it has none, and they are in its copy, or must be written again. Who holds the lock may be about to
  // remove it: unsure.
  /** Answers like `written` for lines that were written too long after the last look. */
  lookLate (file: ActiveFile, lines: Buffer): Buffer | null | 'unsure' {
    const isLost = this.#lock.runUnlessHeld(() => file.isLost())
    if (isLost === null) return 'unsure'
    return isLost ? lines : this.look(file)
  }

  /** Looks no more. */
  close (): void {
    this.#alarm.clear()
  }

  // A folder that cannot be read at the moment says nothing about the file that is open.
  #isInPlace (file: ActiveFile): boolean {
    try {
      return file.refresh(this.#path)
    } catch {
      return true
    }
  }
}
