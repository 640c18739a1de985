// What a stream writes to: one log, or several behind a router.
import type { RotatedEvent } from '../../events.js'
import type { LogStatus } from '../../policy/status/status-shape.js'

export interface Log {
  /** Appends whole lines; false where their memory is still needed. */
  append: (lines: Buffer) => boolean
  /** Calls back once the lines appended so far are in their file, or given up. */
  whenWritten: (callback: () => void) => void
  /** Rotates now; null where the active file is empty. Throws where it cannot be done. */
  rotate: () => RotatedEvent | null
  sweep: () => Promise<void>
  status: () => Promise<LogStatus>
  close: () => Promise<void>
}
