// A hidden folder through which the active file goes to its archive name, where the file system knows no hard links. A rename takes
// whichever file has the active name by then. So a writer that was held up, and lost its lock, must not be able to make it. A process
// that breaks the lock removes the folder, and the rename into it fails. It gives a file that is in it already its archive name.
import { chmodSync, lstatSync, mkdirSync, renameSync, rmdirSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { RotorFileTypeError } from '../../errors.js'
import { attempt, ignoreMissing, unless } from '../errno.js'
import { withdrawReservation } from './swap-steps.js'

export interface PassageNames { readonly active: string, readonly archive: string, readonly folder: string }

/**
 * Moves the active file to the reserved archive name. `mayPass` is called once the folder exists, and may throw. ENOENT: the folder or
 * the active file was gone. Others may have finished the move, and under another name if the reserved one was filled.
 */
export function moveThrough ({ active, archive, folder }: PassageNames, mayPass: () => void): void {
  const inside = join(folder, basename(archive))
  try {
    open(folder)
    mayPass()
    renameSync(active, inside)
  } catch (error) {
    attempt(() => { rmdirSync(folder) })
    withdrawReservation(archive)
    throw error
  }
  ignoreMissing(() => { renameSync(inside, archive) })
  attempt(() => { rmdirSync(folder) })
}

// Who may rotate here may also finish what this writer begins, whatever its umask. A link of that name is not followed.
function open (folder: string): void {
  const isNew = unless(['EEXIST'], () => { mkdirSync(folder); return true }) ?? false
  if (!isNew && !lstatSync(folder).isDirectory()) throw new RotorFileTypeError(folder)
  attempt(() => { chmodSync(folder, statSync(dirname(folder)).mode & 0o777) })
}
