// The phases of the writing side. Between two calls the writer rests in one of three. The others last only while it moves
// from one resting phase to the next.
import type { ActiveFile } from '../../disk/active/active-file.js'
import type { RotationReason } from '../../events.js'
import type { Sighting } from './lookout.js'
import type { Opened } from './open-active.js'
import { untried, type Refused } from './refused-step.js'

/** The file is open and, as far as is known, still the one at the path. */
export interface Writing { readonly at: 'writing', readonly file: ActiveFile }

/** The phases in which the writer rests. `refused`: lines wait in memory for the disk. */
export type Resting = Writing | Refused | { readonly at: 'closed' }

/** A file was opened at the path. Unfinished work of an earlier process comes first. */
interface AtNewFile { readonly at: 'opened', readonly opened: Opened, readonly reason: 'start' | 'time' }

/** A rotation is due. */
interface Due { readonly at: 'due', readonly file: ActiveFile, readonly reason: RotationReason }

/** The file takes no more of a line, but the disk would. The line goes into a new file. */
interface Outgrown { readonly at: 'outgrown', readonly refused: Refused, readonly error: Error }

/** Lines were written a moment ago. It is not known yet whether readers will find them there. */
interface Written { readonly at: 'written', readonly file: ActiveFile, readonly lines: Buffer }

/** The path leads to another file, or to none. The lines must be written again into the next file at the path. */
export interface Left {
  readonly at: 'left'
  readonly file: ActiveFile
  readonly lines: Buffer
  /** The phase that follows if the file at the path cannot be opened. */
  readonly otherwise: Refused
}

export type Phase = Resting | AtNewFile | Due | Outgrown | Written | Left

/** Leaves a file to which the path no longer leads. */
export function leave (file: ActiveFile, lines: Buffer): Left {
  return { at: 'left', file, lines, otherwise: untried('open', file, lines) }
}

/** The phase after a look at the file. */
export function afterLook (phase: Writing, sighting: Sighting): Phase {
  return sighting.is === 'left' ? leave(phase.file, sighting.lines) : phase
}

/** Whether the writer may rest in the phase. */
export function isResting (phase: Phase): phase is Resting {
  return phase.at === 'writing' || phase.at === 'refused' || phase.at === 'closed'
}

/** The phase in which the remaining work waits for the disk. */
export function whatWaits (phase: Exclude<Phase, { readonly at: 'refused' | 'closed' }>): Refused {
  switch (phase.at) {
    case 'opened': return untried('open', phase.opened.file)
    case 'left': return phase.otherwise
    case 'outgrown': return phase.refused
    case 'written': return untried('open', phase.file, phase.lines)
    case 'due':
    case 'writing': return untried('open', phase.file)
  }
}
