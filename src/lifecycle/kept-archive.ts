// Removes archives whose content is kept in a compressed copy or a bundle. Also returns archives that a crash left aside in
// the middle of a removal. policy/settling.ts says why a plain archive is removed in steps.
import { join } from 'node:path'
import type { ActiveFile } from '../disk/active/active-file.js'
import { describe, listFolderSync } from '../disk/archive-folder.js'
import { isSameFile } from '../disk/file-identity.js'
import { isUnchanged, type FileState } from '../disk/file-state.js'
import { removeFile } from '../disk/publish.js'
import { removeKept, returnAside } from '../disk/seal.js'
import { formatArchiveName, parseArchiveName, type LogName } from '../policy/names/archive-name.js'
import { asidePart, hiddenName, parseAsideName } from '../policy/names/hidden-name.js'

/** Removes the archive. False if it is another file by now, or has grown. The caller holds the lock. */
export function removeKeptArchive (log: LogName, name: string, state: FileState): boolean {
  const path = join(log.directory, name)
  const archive = parseArchiveName(name, log)
  // No writer appends to a compressed file.
  if (archive === null || archive.suffix !== '') return isUnchanged(path, state) && removeFile(path)
  return removeKept({ path, aside: join(log.directory, hiddenName(log, asidePart(archive))), state })
}

/** Gives the open file its name back if it is an archive that was set aside. The caller holds the lock. */
export function returnArchiveOf (log: LogName, file: ActiveFile): void {
  const aside = listFolderSync(log.directory, (name) => parseAsideName(name, log)).find(({ name }) => file.isAlso(join(log.directory, name)))
  if (aside !== undefined) returnArchive(log, aside.name)
}

/**
 * Gives an archive that was set aside its name back. False if the hidden name is not that of an archive, or if readers find the
 * file under another name. The caller holds the lock.
 */
export function returnArchive (log: LogName, hidden: string): boolean {
  const id = parseAsideName(hidden, log)
  if (id === null || isReadUnderAnotherName(log, hidden)) return false
  returnAside(join(log.directory, hidden), join(log.directory, formatArchiveName(log, id, '')))
  return true
}

// A swap that failed was killed while it took its archive name back.
function isReadUnderAnotherName (log: LogName, hidden: string): boolean {
  const aside = describe(join(log.directory, hidden))
  if (aside === null || aside.linkCount === 1) return false
  const names = [log.base, ...listFolderSync(log.directory, (name) => parseArchiveName(name, log)).map(({ name }) => name)]
  return names.some((name) => {
    const named = describe(join(log.directory, name))
    return named !== null && isSameFile(named.identity, aside.identity)
  })
}
