// What a stream writes to: one log, or several logs with routes to them.
import type { RotatedEvent } from '../../events.js'
import type { LogStatus } from '../../policy/status/status-shape.js'

export interface Log {
  /** Appends whole lines. Their memory may be used again afterwards. */
  append: (lines: Buffer) => void
  /** Calls back once the lines appended so far are in their file, or given up. */
  whenWritten: (callback: () => void) => void
  /** Rotates now. Null: the file is empty, or another process rotated it first. Throws where it cannot be done. */
  rotate: () => RotatedEvent | null
  sweep: () => Promise<void>
  /** Uploads what waits, where the option `upload` asks for it. Rejects with the first failure. */
  upload: () => Promise<void>
  status: () => Promise<LogStatus>
  close: () => Promise<void>
}
