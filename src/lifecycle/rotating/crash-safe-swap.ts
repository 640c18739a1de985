// The swap, as a state machine. Its states are what is on the disk:
//
//   whole     the active file has one name
//   prepared  its successor exists under a hidden name
//   named     the active file has its archive name, and still its active name if the platform allows that
//   swapped   the active name leads to the successor
//
// Each step is durable and starts from what it finds. Going on after a crash, at the start or at a later attempt, is
// therefore the same as doing it again. If a rename over an open file works, the active name always leads to a file. On
// Windows, and on file systems without hard links, it leads to none between `named` and `swapped`.
//
// A writer that is held up may lose the lock in the middle of a swap. Breaking the lock removes its successor, so it cannot take
// the last step any more. It takes its archive name back. No other swap relies on that name, because each gives its own.
import { join } from 'node:path'
import type { ActiveFile, OpenOptions } from '../../disk/active/active-file.js'
import { describe, listFolderSync } from '../../disk/archive-folder.js'
import { ignoreMissing } from '../../disk/errno.js'
import { RotorBusyError } from '../../errors.js'
import { leaveActiveName, moveToReservedName, nameArchive, openSuccessor, renameArchive, renameBack, takePlace, withdrawArchiveName, withdrawSuccessor, type Naming } from '../../disk/active/swap-steps.js'
import { compareArchives, followingId, formatArchiveName, parseArchiveName, type Archive, type ArchiveId, type LogName } from '../../policy/names/archive-name.js'
import { asidePart, hiddenName } from '../../policy/names/hidden-name.js'

export interface SwapRequest {
  readonly path: string
  readonly log: LogName
  readonly file: ActiveFile
  /** The stamp for the archive, unless the clock went back behind the newest archive. */
  readonly stamp: string
  /** The newest archive. Undefined: list the folder. */
  readonly last: ArchiveId | undefined
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

type Unfinished = Exclude<State, { readonly at: 'swapped' }>

/** Names that are taken by other files are skipped, up to this many. */
const takenNamesMax = 1_000

/** Swaps the active file for a new one. If it throws, the active file is unchanged. `RotorBusyError`: the lock was broken. */
export function swap (request: SwapRequest): Swapped {
  let state: State = { at: 'whole' }
  try {
    while (state.at !== 'swapped') state = advance(state, request)
  } catch (error) {
    withdraw(state, request)
    throw error
  }
  return { successor: state.successor, id: state.id, archive: archivePath(request, state.id) }
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
      if (placed === null) throw new RotorBusyError(request.path)
      return { at: 'swapped', successor: placed, id }
    }
  }
}

// Until the next attempt, the folder must look as if there had been none, because readers take each name for a file. If a
// failing disk refuses that, the next attempt finds the rest and uses it.
function withdraw (state: State, request: SwapRequest): void {
  if (state.at === 'whole') return
  if (state.at === 'named') withdrawName(state.archive, request)
  state.successor.close()
  withdrawSuccessor(request.successorPath)
}

function withdrawName ({ id, renamedTo }: NamedArchive, request: SwapRequest): void {
  const { log, path } = request
  if (renamedTo === null) withdrawArchiveName(path, { path: archivePath(request, id), aside: join(log.directory, hiddenName(log, asidePart(id))) })
  else renameBack(request.path, renamedTo)
}

function archivePath ({ log }: SwapRequest, id: ArchiveId): string {
  return join(log.directory, formatArchiveName(log, id, ''))
}

// A swap by link was interrupted before its last step. Its writer may only be held up, and may still take its name back.
function finishNaming (request: SwapRequest): NamedArchive | null {
  const { path, log } = request
  const found = archiveOfSameFile(log, request.file)
  if (found === null) return null
  const hidden = join(log.directory, hiddenName(log, 'left'))
  if (leaveActiveName(path, hidden) === 'renamed') return { id: found, renamedTo: hidden }
  // The lock is lost, and its new holder may have given the name that was found.
  if (describe(request.successorPath) === null) throw new RotorBusyError(path)
  return ignoreMissing(() => giveFreeName(request, found.stamp, (archive) => renameArchive(join(log.directory, found.name), archive) ? 'linked' : null))
}

function checkLock (request: SwapRequest): void {
  if (request.isLockBroken()) throw new RotorBusyError(request.path)
}

// A link takes no name away. A rename takes it from whichever file is at the path by then.
function giveName (request: SwapRequest): NamedArchive {
  const named = giveFreeName(request, request.stamp, (archive) => nameArchive(request.path, archive, () => { checkLock(request) }))
  if (named.renamedTo === null || request.file.isAt(named.renamedTo)) return named
  giveLastName(request, named.renamedTo)
  throw new RotorBusyError(request.path)
}

// Without hard links, a writer whose lock was broken renames what another one has put in place meanwhile. Its lines are newer than
// those of every archive. It cannot have its active name back, because a rename could overwrite a file that has that name by now.
function giveLastName (request: SwapRequest, archive: string): void {
  giveFreeName({ ...request, last: undefined }, request.stamp, (later) => moveToReservedName(archive, later) ? 'renamed' : null)
}

// `give` returns null where the name is taken.
function giveFreeName (request: SwapRequest, stamp: string, give: (archive: string) => Naming | null): NamedArchive {
  const { log, last } = request
  let id = followingId(last === undefined ? newestArchive(log) : last, stamp)
  for (let attempt = 0; attempt < takenNamesMax; attempt++) {
    const archive = archivePath(request, id)
    const naming = give(archive)
    if (naming !== null) return { id, renamedTo: naming === 'linked' ? null : archive }
    id = { stamp: id.stamp, n: id.n + 1 }
  }
  throw new Error(`no free archive name after ${archivePath(request, id)}`)
}

/** Whether the file has a second name that no swap gave it. */
export function hasForeignName (log: LogName, file: ActiveFile): boolean {
  return !file.hasOneName() && archiveOfSameFile(log, file) === null
}

/** The archive that is the active file under a second name: a swap was interrupted before its last step. */
function archiveOfSameFile (log: LogName, file: ActiveFile): Archive | null {
  return file.hasOneName() ? null : plainArchiveOf(log, file)
}

/** Returns the plain archive whose name leads to the file; null if there is none. */
export function plainArchiveOf (log: LogName, file: ActiveFile): Archive | null {
  return archivesNow(log).find(({ name, suffix }) => suffix === '' && file.isAlso(join(log.directory, name))) ?? null
}

function newestArchive (log: LogName): ArchiveId | null {
  return archivesNow(log).reduce<Archive | null>((newest, found) => newest === null || compareArchives(found, newest) > 0 ? found : newest, null)
}

function archivesNow (log: LogName): Archive[] {
  return listFolderSync(log.directory, (name) => parseArchiveName(name, log)).map(({ value }) => value)
}
