// Removes archives that are kept elsewhere, in a compressed copy or a bundle, and gives back those that a crash in the middle
// of a removal left aside. policy/settling.ts says why a plain archive goes in steps.
import { join } from 'node:path'
import { isUnchanged, type FileState } from '../../disk/file-state.js'
import { removeFile } from '../../disk/publish.js'
import { removeKept, returnAside } from '../../disk/seal.js'
import { formatArchiveName, parseArchiveName, type LogName } from '../../policy/names/archive-name.js'
import { asidePart, hiddenName, parseAsideName } from '../../policy/names/hidden-name.js'

/** Removes the archive. False if it is another file by now, or has grown. The caller holds the lock. */
export function removeKeptArchive (log: LogName, name: string, state: FileState): boolean {
  const path = join(log.directory, name)
  const archive = parseArchiveName(name, log)
  // No writer appends to a compressed file.
  if (archive === null || archive.suffix !== '') return isUnchanged(path, state) && removeFile(path)
  return removeKept({ path, aside: join(log.directory, hiddenName(log, asidePart(archive))), state })
}

/** Gives the archive its name back if the hidden name is that of one. False for any other hidden name. The caller holds the lock. */
export function returnArchive (log: LogName, hidden: string): boolean {
  const id = parseAsideName(hidden, log)
  if (id === null) return false
  returnAside(join(log.directory, hidden), join(log.directory, formatArchiveName(log, id, '')))
  return true
}
