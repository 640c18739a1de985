// The destination of a stream: one log, or several logs with routes to them.
import type { RotatedEvent, Step } from '../../events.js'
import type { LevelNumbers } from '../../options/values/level-numbers.js'
import type { LogStatus } from '../../policy/status/status-shape.js'

export interface Log {
  /** Appends whole lines, or the next part of a line that is written in parts. The caller may reuse their memory afterwards. */
  append: (lines: Buffer) => void
  /** Calls back once the lines appended so far are in their file, or given up. */
  whenWritten: (callback: () => void) => void
  /** Finds out what a rotation needs to know, while lines are still written. The lines then need not wait for that in `rotate`. */
  prepareRotation: () => Promise<void>
  /** Rotates now. Null: the file is empty, or another process rotated it first. Throws if it cannot. */
  rotate: () => RotatedEvent | null
  sweep: () => Promise<void>
  /** Uploads what waits, if the option `upload` is set. Rejects with the first failure. */
  upload: () => Promise<void>
  status: () => Promise<LogStatus>
  /** Reports that a step of the log of that file failed. */
  fail: (step: Step, error: unknown, path: string, file: string) => void
  /** Reports that a step of the main log works again. */
  recover: (step: Step) => void
  /** Takes the numbers of the logger's levels. */
  nameLevels: (levels: LevelNumbers) => void
  close: () => Promise<void>
}
