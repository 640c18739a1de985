// What a survey of one log finds on the disk. The status and the doctor's findings follow from this alone.
import type { LogName } from '../names/archive-name.js'
import type { StoredBundle } from '../retention/bundle-plan.js'
import type { FoundArchive } from '../retention/sweep-plan.js'

/** An archive, and what is known about its content. */
export interface SurveyedArchive extends FoundArchive {
  /** Bytes of log lines in it. Null for a compressed archive of unknown unpacked size. */
  readonly writtenBytes: number | null
}

/** A hidden file, or an archive name that was reserved and never filled. */
export interface Unfinished {
  /** Its path from the log's folder. */
  readonly name: string
  readonly bytes: number
  /** Whether a living process is using it. */
  readonly inWork: boolean
}

export interface SurveyedActive {
  readonly bytes: number
  readonly modifiedMs: number
  /** Null if the file system does not tell. */
  readonly createdMs: number | null
}

export interface SurveyedBundles {
  readonly directory: string
  /** Oldest first. */
  readonly files: readonly StoredBundle[]
  /** Paths of unfinished bundles, if the options ask for bundles. */
  readonly leftovers: readonly string[]
  /** Why the folder cannot be read, as the system's code. Null if it can be read, or does not exist yet. */
  readonly refused: string | null
  /** The archives in the bundles of the last days. */
  readonly members: ReadonlyArray<FoundArchive & { readonly writtenBytes: number }>
}

/** What a running process of the log noted that fails. */
export interface SurveyedFailure {
  readonly pid: number
  /** Whether the process is known to be alive. */
  readonly isAlive: boolean
  readonly step: string
  readonly code: string
  readonly message: string
  readonly path: string
  readonly sinceMs: number
}

/** The files of one log at one instant. */
export interface SurveyedLog {
  readonly log: LogName
  readonly active: SurveyedActive | null
  /** In the order of names. */
  readonly archives: readonly SurveyedArchive[]
  readonly unfinished: readonly Unfinished[]
  readonly bundles: SurveyedBundles
  readonly failures: readonly SurveyedFailure[]
  /** Null if the system does not tell. */
  readonly freeBytes: number | null
}
