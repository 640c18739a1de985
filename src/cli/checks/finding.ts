// The doctor's evidence and findings.
import type { ForeignFile } from '../../reading/foreign-files.js'
import type { LogSurvey } from '../../lifecycle/survey/log-survey.js'
import type { Settings } from '../../options/settings.js'
import type { RenameObstacle } from '../../disk/rights/rename-obstacle.js'
import type { Writer } from '../../disk/writing-processes.js'

/** A process that has a file of the log open for writing. */
export interface SeenWriter extends Writer {
  /** Whether both looks found it at this file. A writer that follows rotations moves from file to file. */
  readonly isLasting: boolean
  /** Whether the file grew while the doctor looked. */
  readonly isWriting: boolean
}

/** `problem`: something does not work, or soon will not. `warning`: it works, but perhaps not as intended. */
export type FindingState = 'ok' | 'warning' | 'problem'

export type CheckName = 'options' | 'rotation' | 'compression' | 'bundles' | 'limits' | 'rights' | 'space' | 'clock' | 'failures' | 'leftovers' | 'locks' | 'writers' | 'upload' | 'forward'

export interface Finding {
  readonly check: CheckName
  readonly state: FindingState
  /** What was found. */
  readonly message: string
  /** What to do; null if nothing needs to be done. */
  readonly remedy: string | null
}

/** The input of all checks, gathered at one instant. */
export interface Evidence {
  /** With bundles on, every limit is lifted, because no limit removes an archive then. */
  readonly settings: Settings
  /** Whether the settings come from the application, and are not the defaults. */
  readonly isConfigured: boolean
  readonly survey: LogSurvey
  /** The processes that had the active file or an archive open for writing at one of the two looks, once for each file. */
  readonly writers: readonly SeenWriter[]
  /** Why every rotation would fail; null if no obstacle was found. */
  readonly renameObstacle: RenameObstacle | null
  /** Whether the writers of all users could be seen. */
  readonly seesAllWriters: boolean
  readonly lookAlikes: readonly string[]
  /** What other tools have rotated beside the active file. */
  readonly foreign: readonly ForeignFile[]
  readonly nowMs: number
  /** A command of this program for this log, as you would type it. */
  readonly command: (name: string) => string
}

export type Check = (evidence: Evidence) => Finding[]

export function ok (check: CheckName, message: string): Finding {
  return { check, state: 'ok', message, remedy: null }
}

export function warning (check: CheckName, message: string, remedy: string): Finding {
  return { check, state: 'warning', message, remedy }
}

export function problem (check: CheckName, message: string, remedy: string): Finding {
  return { check, state: 'problem', message, remedy }
}
