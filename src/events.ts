// What a transport tells the application, in the application's thread, and what it writes to stderr.

/** Why a rotation happened. `start`: a boundary passed while no process was running. */
export type RotationReason = 'size' | 'time' | 'request' | 'start'

/** Which limit an archive was removed for. */
export type RemovalReason = 'count' | 'age' | 'totalSize' | 'minFree'

/** What most events say besides, where there are routes. */
export interface OfLog {
  /** The active file that it concerns; only where a log has routes. */
  file?: string
}

export interface RotatedEvent {
  /** The active file. */
  file: string
  /** Where its content went. */
  archive: string
  bytes: number
  reason: RotationReason
}

export interface CompressedEvent extends OfLog {
  /** The compressed archive. */
  archive: string
  /** Bytes before. */
  from: number
  /** Bytes after. */
  to: number
  ms: number
}

export interface BundledEvent extends OfLog {
  /** The bundle. */
  bundle: string
  /** Archives that were joined to it. */
  members: number
  /** Bytes that the bundle has now. */
  bytes: number
}

export interface RemovedEvent {
  /** The archive or bundle. */
  file: string
  bytes: number
  reason: RemovalReason
}

/** Emitted once when a step begins to fail, not at each retry. */
export interface FailedEvent extends OfLog {
  step: Step
  code: string
  message: string
  path: string
  /** How long until the next attempt. */
  retryMs: number
}

/** Lines that found no place in `buffer` while the disk refused writes. */
export interface DroppedEvent extends OfLog {
  lines: number
  bytes: number
  /** When dropping began, as an ISO 8601 instant. */
  since: string
}

/** A step that had failed works again. */
export interface RecoveredEvent extends OfLog {
  step: Step
  /** How long it had been failing. */
  ms: number
  droppedLines: number
  droppedBytes: number
}

/** What can fail and recover by itself. */
export type Step = 'open' | 'write' | 'rotate' | 'link' | 'sweep' | 'compress' | 'bundle' | 'remove'

/** Every event by name, with the arguments that a listener is given. */
export interface RotorEvents {
  rotated: [RotatedEvent]
  compressed: [CompressedEvent]
  bundled: [BundledEvent]
  removed: [RemovedEvent]
  failed: [FailedEvent]
  dropped: [DroppedEvent]
  recovered: [RecoveredEvent]
}

export type Emit = <Name extends keyof RotorEvents>(name: Name, ...args: RotorEvents[Name]) => void
