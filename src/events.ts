// The events that a transport emits in the application's thread and writes to stderr, with their fields.

/** Why the file was rotated. `'start'`: a boundary passed while no process was running. */
export type RotationReason = 'size' | 'time' | 'request' | 'start'

/** Which limit removed an archive. */
export type RemovalReason = 'count' | 'age' | 'totalSize' | 'minFree'

/** The log that an event is about. Given only if the log has routes. `rotated` always has it, and in `removed` it is the removed file. */
export interface OfLog {
  /** The active file. */
  file?: string
}

/** The active file became an archive. */
export interface RotatedEvent {
  /** The path of the active file. */
  file: string
  /** The path of the archive. */
  archive: string
  /** The size of the archive, in bytes. */
  bytes: number
  reason: RotationReason
}

/** An archive was compressed. */
export interface CompressedEvent extends OfLog {
  /** The path of the compressed archive. */
  archive: string
  /** The size before, in bytes. */
  from: number
  /** The size after, in bytes. */
  to: number
  /** How long it took, in milliseconds. */
  ms: number
}

/** Archives were merged into a bundle. */
export interface BundledEvent extends OfLog {
  /** The path of the bundle. */
  bundle: string
  /** How many archives were merged into it now. */
  members: number
  /** The size of the bundle now, in bytes. */
  bytes: number
}

/** A limit removed an archive or a bundle. */
export interface RemovedEvent {
  /** The path of the archive or bundle that was removed. */
  file: string
  /** The size that it had, in bytes. */
  bytes: number
  reason: RemovalReason
  /** `false` if a limit could no longer wait until it was stored elsewhere. */
  stored?: false
  /** `false` if a limit could no longer wait until its lines were forwarded. */
  forwarded?: false
}

/** An archive or bundle is proven to be in the store. */
export interface UploadedEvent extends OfLog {
  /** The archive or bundle. */
  archive: string
  /** Where it is, for example `s3://bucket/host/2025/10/01/app.20251001_121111.log.gz`. */
  url: string
  bytes: number
  ms: number
}

/** Lines were acknowledged by the receiver. Emitted at most once in 10 s. */
export interface ForwardedEvent extends OfLog {
  lines: number
  /** Bytes of these lines. */
  bytes: number
  /** Lines that the receiver rejected. They are in the file of rejects. */
  rejected: number
}

/** A step began to fail. Emitted once, not at each retry. */
export interface FailedEvent extends OfLog {
  step: Step
  /** The system's code, such as `ENOSPC`, or one of this package that begins with `ERR_ROTOR_`. */
  code: string
  message: string
  /** The path of the file that the step works on. */
  path: string
  /** How long until the next attempt, in milliseconds. */
  retryMs: number
}

/** Lines were dropped, because `buffer` was full while the disk refused writes. */
export interface DroppedEvent extends OfLog {
  /** How many lines were dropped since the last such event. */
  lines: number
  bytes: number
  /** When dropping began, as an ISO 8601 instant. */
  since: string
}

/** A step that had failed works again. */
export interface RecoveredEvent extends OfLog {
  step: Step
  /** How long it had been failing, in milliseconds. */
  ms: number
  /** How many lines were dropped meanwhile. */
  droppedLines: number
  droppedBytes: number
}

/** The steps that can fail and recover by themselves. */
export type Step = 'open' | 'write' | 'rotate' | 'rights' | 'link' | 'sweep' | 'compress' | 'bundle' | 'remove' | 'upload' | 'forward' | 'route'

/** Every event by name, with the arguments of its listener. */
export interface RotorEvents {
  rotated: [RotatedEvent]
  compressed: [CompressedEvent]
  bundled: [BundledEvent]
  removed: [RemovedEvent]
  uploaded: [UploadedEvent]
  forwarded: [ForwardedEvent]
  failed: [FailedEvent]
  dropped: [DroppedEvent]
  recovered: [RecoveredEvent]
}

export type Emit = <Name extends keyof RotorEvents>(name: Name, ...args: RotorEvents[Name]) => void
