// Checks the places of the active file and of the bundles' folder before anything is opened: what is already there, and whether folders exist or
// can be made. It changes nothing. What it cannot see, the first opening reports with the system's code.
import { accessSync, constants, lstatSync, statSync, type Stats } from 'node:fs'
import { dirname } from 'node:path'
import { isError } from '../../errors.js'

/** Deno's errors for a permission that was not granted. They have no code. */
const denialsOfDeno = ['NotCapable', 'PermissionDenied']

/** What was expected of a path that cannot hold the active file; null if it can. */
export function faultOfPlace (file: string, mayMakeFolders: boolean): string | null {
  return nullWhereUnseen(() => {
    const occupant = entryAt(file, lstatSync)
    return occupant === undefined ? faultOfAncestors(dirname(file), mayMakeFolders) : faultOfOccupant(occupant)
  })
}

/** What was expected of a path that is not a folder and cannot become one; null if it can hold files. */
export function faultOfFolderBelow (parent: string, folder: string, mayMakeFolders: boolean): string | null {
  return nullWhereUnseen(() => {
    const link = linkBelow(parent, folder)
    return link === null ? faultOfAncestors(folder, mayMakeFolders) : `a folder, not a symbolic link (${link} is one)`
  })
}

/** The first symbolic link on the way from the folder down to the path, including the path itself; null if there is none. */
export function linkBelow (folder: string, path: string): string | null {
  if (path === folder) return null
  return linkBelow(folder, dirname(path)) ?? (entryAt(path, lstatSync)?.isSymbolicLink() === true ? path : null)
}

function nullWhereUnseen (look: () => string | null): string | null {
  try {
    return look()
  } catch (cause) {
    if (isError(cause) && denialsOfDeno.includes(cause.name)) return `a path that this process may read (${cause.message})`
    if (isSystemError(cause)) return null // rare: no right to look, a loop of links, a failing disk
    throw cause
  }
}

function faultOfOccupant (occupant: Stats): string | null {
  if (occupant.isFile()) return null
  if (occupant.isDirectory()) return 'a file, not a folder'
  // A rotation would replace the link instead of the file behind it.
  if (occupant.isSymbolicLink()) return 'a regular file, not a symbolic link'
  if (occupant.isFIFO()) return 'a regular file, not a FIFO'
  if (occupant.isSocket()) return 'a regular file, not a socket'
  return 'a regular file, not a device'
}

function faultOfAncestors (folder: string, mayMakeFolders: boolean): string | null {
  for (let ancestor = folder; ; ancestor = dirname(ancestor)) {
    const found = entryAt(ancestor, statSync)
    if (found?.isDirectory()) {
      if (ancestor === folder) return null
      if (!mayMakeFolders) return `a path in a folder that exists ("mkdir" is false and ${folder} is missing)`
      return mayWriteInto(ancestor) ? null : `a path in a folder that can be made (${ancestor} cannot be written)`
    }
    if (found !== undefined) return `a path in a folder (${ancestor} is not a folder)`
    if (entryAt(ancestor, lstatSync) !== undefined) return `a path in a folder (${ancestor} is a link that leads nowhere)`
    if (ancestor === dirname(ancestor)) return `a path that exists (${ancestor} is missing)`
  }
}

function entryAt (path: string, look: (path: string) => Stats): Stats | undefined {
  try {
    return look(path)
  } catch (cause) {
    if (isSystemError(cause) && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR')) return undefined // nothing there
    throw cause
  }
}

function isSystemError (cause: unknown): cause is NodeJS.ErrnoException {
  return isError(cause) && 'code' in cause
}

function mayWriteInto (folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK)
    return true
  } catch {
    return false // an error here would also prevent mkdir
  }
}
