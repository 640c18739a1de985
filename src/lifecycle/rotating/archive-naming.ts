// Which archive name a file gets, and which one it has.
import { join } from 'node:path'
import type { ActiveFile } from '../../disk/active/active-file.js'
import { listFolderSync } from '../../disk/archive-folder.js'
import { compareArchives, followingId, formatArchiveName, parseArchiveName, type Archive, type ArchiveId, type LogName } from '../../policy/names/archive-name.js'

/** Names that are taken by other files are skipped, up to this many. */
const takenNamesMax = 1_000

/** Where and how an archive is named next. */
export interface NextArchive {
  readonly log: LogName
  /** The stamp for the archive, unless the clock went back behind the newest archive. */
  readonly stamp: string
  /** The newest archive. Undefined: list the folder. */
  readonly last: ArchiveId | undefined
}

/** Gives the first free name behind the newest archive. `give` returns null where the name is taken. */
export function giveFreeName<Given> ({ log, stamp, last }: NextArchive, give: (archive: string) => Given | null): { readonly id: ArchiveId, readonly given: Given } {
  let id = followingId(last === undefined ? newestArchive(log) : last, stamp)
  for (let attempt = 0; attempt < takenNamesMax; attempt++) {
    const given = give(archivePath(log, id))
    if (given !== null) return { id, given }
    id = { stamp: id.stamp, n: id.n + 1 }
  }
  throw new Error(`no free archive name after ${archivePath(log, id)}`)
}

/** The path of the plain archive. */
export function archivePath (log: LogName, id: ArchiveId): string {
  return join(log.directory, formatArchiveName(log, id, ''))
}

/** Whether the file has a second name that no swap gave it. */
export function hasForeignName (log: LogName, file: ActiveFile): boolean {
  return !file.hasOneName() && archiveOfSameFile(log, file) === null
}

/** The archive that is the active file under a second name: a swap was interrupted before its last step. */
export function archiveOfSameFile (log: LogName, file: ActiveFile): Archive | null {
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
