// The passages of writers that swap without hard links. disk/active/passage.ts says what they are for.
import { readdirSync, renameSync, rmdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { moveToFreeName } from '../disk/active/swap-steps.js'
import { describe } from '../disk/archive-folder.js'
import { ignoreMissing, unless } from '../disk/errno.js'
import { parseArchiveName, type Archive, type LogName } from '../policy/names/archive-name.js'
import { passageName } from '../policy/names/hidden-name.js'
import { giveFreeName } from './rotating/archive-naming.js'

/** The folder of the passage that belongs to a successor. */
export function passageOf (log: LogName, successorPath: string): string {
  return join(log.directory, passageName(basename(successorPath), log))
}

/** Closes the passage, so that no file enters it any more. A file that is in it gets its archive name. */
export function closePassage (log: LogName, successorPath: string): void {
  const folder = passageOf(log, successorPath)
  if (isRemoved(folder)) return
  for (const name of readdirSync(folder)) {
    const archive = parseArchiveName(name, log)
    if (archive !== null) ignoreMissing(() => { finish(log, join(folder, name), archive) })
  }
  isRemoved(folder)
}

// No writer goes through anything but a folder.
function isRemoved (folder: string): boolean {
  return unless(['ENOTEMPTY', 'EEXIST'], () => { unless(['ENOENT', 'ENOTDIR'], () => { rmdirSync(folder) }); return true }) ?? false
}

// Its writer reserved the name with an empty file.
function finish (log: LogName, path: string, { name, stamp }: Archive): void {
  const reserved = join(log.directory, name)
  if (describe(reserved)?.bytes === 0) renameSync(path, reserved)
  else giveFreeName({ log, stamp, last: undefined }, (free) => moveToFreeName(path, free) ? true : null)
}
