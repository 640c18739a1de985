// The swap, as a machine whose states are what stands on the disk:
//
//   whole     the active file has one name
//   prepared  its successor stands under a hidden name
//   named     the active file has its archive name as well
//   swapped   the active name leads to the successor
//
// Each step is durable once made and starts from what it finds, so that going on after a crash, at start as at any later
// attempt, is nothing but doing it again. At every instant a file stands under the active name.
import { join } from 'node:path'
import type { ActiveFile, OpenOptions } from '../../disk/active/active-file.js'
import { listFolderSync } from '../../disk/archive-folder.js'
import { addArchiveName, openSuccessor, takePlace, withdrawArchiveName, withdrawSuccessor } from '../../disk/active/swap-steps.js'
import { compareArchives, followingId, formatArchiveName, parseArchiveName, type Archive, type ArchiveId, type LogName } from '../../policy/names/archive-name.js'
import { hiddenName } from '../../policy/names/hidden-name.js'

export interface SwapRequest {
  readonly path: string
  readonly log: LogName
  readonly file: ActiveFile
  /** The stamp that the archive is to have, unless the clock went back behind the last one. */
  readonly stamp: string
  /** The newest archive, or undefined where the folder must be asked. */
  readonly last: ArchiveId | undefined
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
  { readonly at: 'named', readonly successor: ActiveFile, readonly id: ArchiveId } |
  { readonly at: 'swapped', readonly successor: ActiveFile, readonly id: ArchiveId }

type Unfinished = Exclude<State, { readonly at: 'swapped' }>

/** Names that are taken by something that is no archive are stepped over, but not for ever. */
const takenNamesMax = 1_000

/** Swaps the active file for a new one. When it throws, the active file is still the active file. */
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

/** Takes the next step, or throws and has changed nothing. */
function advance (state: Unfinished, request: SwapRequest): State {
  switch (state.at) {
    case 'whole':
      return { at: 'prepared', successor: openSuccessor(successorPath(request), request.file.stats(), request.options) }
    case 'prepared':
      return { at: 'named', successor: state.successor, id: archiveOfSameFile(request.log, request.file) ?? giveName(request) }
    case 'named':
      takePlace(successorPath(request), request.path)
      return { at: 'swapped', successor: state.successor, id: state.id }
  }
}

// Until the next attempt the folder is to look as if there had been none: readers take each name for another file. What
// cannot be taken back on a failing disk is found and used by that attempt.
function withdraw (state: State, request: SwapRequest): void {
  if (state.at === 'named') withdrawArchiveName(request.path, archivePath(request, state.id))
  if (state.at === 'whole') return
  state.successor.close()
  withdrawSuccessor(successorPath(request))
}

function successorPath ({ log }: SwapRequest): string {
  return join(log.directory, hiddenName(log, 'next'))
}

function archivePath ({ log }: SwapRequest, id: ArchiveId): string {
  return join(log.directory, formatArchiveName(log, id, ''))
}

function giveName (request: SwapRequest): ArchiveId {
  const { path, log, stamp, last } = request
  let id = followingId(last === undefined ? newestArchive(log) : last, stamp)
  for (let attempt = 0; attempt < takenNamesMax; attempt++) {
    if (addArchiveName(path, archivePath(request, id))) return id
    id = { stamp: id.stamp, n: id.n + 1 }
  }
  throw new Error(`no free archive name after ${archivePath(request, id)}`)
}

/** Whether the file has a second name that no swap has given to it. */
export function hasForeignName (log: LogName, file: ActiveFile): boolean {
  return !file.hasOneName() && archiveOfSameFile(log, file) === null
}

/** The archive that is the active file under a second name: a swap was cut off before its last step. */
function archiveOfSameFile (log: LogName, file: ActiveFile): Archive | null {
  if (file.hasOneName()) return null
  return archivesNow(log).find(({ name, suffix }) => suffix === '' && file.isAlso(join(log.directory, name))) ?? null
}

function newestArchive (log: LogName): ArchiveId | null {
  return archivesNow(log).reduce<Archive | null>((newest, found) => newest === null || compareArchives(found, newest) > 0 ? found : newest, null)
}

function archivesNow (log: LogName): Archive[] {
  return listFolderSync(log.directory, (name) => parseArchiveName(name, log)).map(({ value }) => value)
}
