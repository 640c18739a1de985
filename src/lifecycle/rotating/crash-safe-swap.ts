// The swap, as a state machine. Its states are what is on the disk:
//
//   whole     the active file has one name
//   prepared  its successor exists under a hidden name
//   named     the active file has its archive name, and still its active name if the platform allows that
//   swapped   the active name leads to the successor
//
// Each step is durable and starts from what it finds. Going on after a crash, at the start or at a later attempt, is
// therefore the same as doing it again. If a rename over an open file works, the active name always leads to a file. On
// Windows, and on file systems without hard links, it leads to none between `prepared` and `swapped`.
//
// A writer that is held up may lose the lock in the middle of a swap. Breaking the lock removes its successor, so it cannot take
// the last step any more. It takes its archive name back. No other swap relies on that name, because each gives its own. Without
// hard links the active file goes through a passage, which is closed when the lock is broken (disk/active/passage.ts).
import { join } from 'node:path'
import type { ActiveFile, OpenOptions } from '../../disk/active/active-file.js'
import { describe } from '../../disk/archive-folder.js'
import { ignoreMissing } from '../../disk/errno.js'
import { RotorBusyError } from '../../errors.js'
import { moveThrough } from '../../disk/active/passage.js'
import { leaveActiveName, linkArchive, moveToFreeName, moveToReservedName, openSuccessor, renameArchive, renameBack, reserveName, takePlace, withdrawArchiveName, withdrawSuccessor } from '../../disk/active/swap-steps.js'
import { isWindows } from '../../platform/operating-system.js'
import type { ArchiveId } from '../../policy/names/archive-name.js'
import { asidePart, hiddenName } from '../../policy/names/hidden-name.js'
import { closePassage, passageOf } from '../passages.js'
import { archiveOfSameFile, archivePath, giveFreeName, type NextArchive } from './archive-naming.js'

export interface SwapRequest extends NextArchive {
  readonly path: string
  readonly file: ActiveFile
  /** The hidden path of this writer's successors. No other writer uses it. */
  readonly successorPath: string
  readonly isLockBroken: () => boolean
  readonly options: OpenOptions
}

export interface Swapped {
  readonly successor: ActiveFile
  readonly id: ArchiveId
  readonly archive: string
}

type State =
  { readonly at: 'whole' } |
  { readonly at: 'prepared', readonly successor: ActiveFile } |
  { readonly at: 'named', readonly successor: ActiveFile, readonly archive: NamedArchive } |
  { readonly at: 'swapped', readonly successor: ActiveFile, readonly id: ArchiveId }

/** `renamedTo`: the file's only name, if it has lost its active name. */
interface NamedArchive { readonly id: ArchiveId, readonly renamedTo: string | null }

/** Another writer took the successor away, because it opened a new file or looked for its lines. The lock still holds. */
export class SuccessorTakenError extends RotorBusyError {}

type Unfinished = Exclude<State, { readonly at: 'swapped' }>

/**
 * Swaps the active file for a new one. If it throws, the active file is unchanged. Without hard links, it may have its archive name
 * then, and no file the active name. `RotorBusyError`: the lock was broken. `SuccessorTakenError`: it was not.
 */
export function swap (request: SwapRequest): Swapped {
  let state: State = { at: 'whole' }
  try {
    while (state.at !== 'swapped') state = advance(state, request)
  } catch (error) {
    withdraw(state, request)
    throw error
  }
  return { successor: state.successor, id: state.id, archive: archivePath(request.log, state.id) }
}

/** Takes the next step. If it throws, nothing has changed. */
function advance (state: Unfinished, request: SwapRequest): State {
  switch (state.at) {
    case 'whole':
      return { at: 'prepared', successor: openSuccessor(request.successorPath, { path: request.path, stats: request.file.stats() }, request.options) }
    case 'prepared':
      // From now on, the lock cannot be broken without the removal of the successor.
      checkLock(request)
      return { at: 'named', successor: state.successor, archive: finishNaming(request) ?? giveName(request) }
    case 'named': {
      const { successor, archive: { id, renamedTo } } = state
      const named = { path: request.successorPath, file: successor }
      const placed = ignoreMissing(() => takePlace(named, request.path, renamedTo === null ? 'linked' : 'renamed', request.options))
      if (placed === null) throw interruption(request)
      return { at: 'swapped', successor: placed, id }
    }
  }
}

// Until the next attempt, the folder must look as if there had been none, because readers take each name for a file. If a
// failing disk refuses that, the next attempt or a sweep finds the rest and uses it.
function withdraw (state: State, request: SwapRequest): void {
  if (state.at === 'whole') return
  if (state.at === 'named') withdrawName(state.archive, request)
  state.successor.close()
  try {
    closePassage(request.log, request.successorPath)
    withdrawSuccessor(request.successorPath)
  } catch {
    // The successor's name leads a sweep to the passage.
  }
}

// Without hard links, a writer may have made a new active file by now, and a rename would replace it. On Windows that is done under
// the lock only.
function withdrawName ({ id, renamedTo }: NamedArchive, { log, path }: SwapRequest): void {
  if (renamedTo === null) withdrawArchiveName(path, { path: archivePath(log, id), aside: join(log.directory, hiddenName(log, asidePart(id))) })
  else if (isWindows()) renameBack(path, renamedTo)
}

// A swap by link was interrupted before its last step. Its writer may only be held up, and may still take its name back.
function finishNaming (request: SwapRequest): NamedArchive | null {
  const { path, log } = request
  const found = archiveOfSameFile(log, request.file)
  if (found === null) return null
  const hidden = join(log.directory, hiddenName(log, 'left'))
  if (leaveActiveName(path, hidden) === 'renamed') return { id: found, renamedTo: hidden }
  // The lock is lost, and its new holder may have given the name that was found.
  if (describe(request.successorPath) === null) throw interruption(request)
  const renamed = ignoreMissing(() => giveFreeName({ ...request, stamp: found.stamp }, (archive) => renameArchive(join(log.directory, found.name), archive) ? true : null))
  return renamed === null ? null : { id: renamed.id, renamedTo: null }
}

function interruption ({ path, isLockBroken }: SwapRequest): Error {
  return isLockBroken() ? new RotorBusyError(path) : new SuccessorTakenError(path)
}

function checkLock (request: SwapRequest): void {
  if (request.isLockBroken()) throw new RotorBusyError(request.path)
}

// A link takes no name away. A rename takes it from whichever file is at the path by then.
function giveName (request: SwapRequest): NamedArchive {
  const { id, given } = giveFreeName(request, (archive) => {
    const isLinked = linkArchive(request.path, archive)
    if (isLinked !== null) return isLinked ? 'linked' : null
    return reserveName(archive) ? 'reserved' : null
  })
  if (given === 'linked') return { id, renamedTo: null }
  const renamedTo = archivePath(request.log, id)
  if (isWindows()) renameOpenFile(request, renamedTo)
  else passOn(request, renamedTo)
  return { id, renamedTo }
}

// The passage is gone if the lock was broken. If it was closed after the file had entered it, the file may have another name.
function passOn (request: SwapRequest, archive: string): void {
  const names = { active: request.path, archive, folder: passageOf(request.log, request.successorPath) }
  const isMoved = ignoreMissing(() => { moveThrough(names, () => { checkLock(request) }); return true })
  if (isMoved === null || !request.file.isAt(archive)) throw interruption(request)
}

// A writer whose lock was broken renames what another one has put in place meanwhile. Its lines are newer than those of every archive.
// It cannot have its active name back, because a rename could overwrite a file that has that name by now.
function renameOpenFile (request: SwapRequest, archive: string): void {
  moveToReservedName(request.path, archive, () => { checkLock(request) })
  if (request.file.isAt(archive)) return
  giveFreeName({ ...request, last: undefined }, (later) => moveToFreeName(archive, later) ? true : null)
  throw new RotorBusyError(request.path)
}
