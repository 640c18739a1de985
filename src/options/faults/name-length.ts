// Checks that the file system accepts the longest name that a log will need, before the log is opened. Node cannot ask for the limit, but looking at a
// name that is too long fails with ENAMETOOLONG.
import { lstatSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isError } from '../../errors.js'

/** The limit if a file system does not tell it: no common one accepts more characters. */
const usualCharactersMax = 255

/** What was expected of a name that is too long for the file system once so many bytes are added; null if it fits. */
export function faultOfNameLength (folder: string, name: string, addedBytes: number): string | null {
  const existing = nearestFolder(folder)
  const neededBytes = Buffer.byteLength(name) + addedBytes
  if (isTaken(existing, `${name}${'0'.repeat(addedBytes)}`)) {
    return name.length + addedBytes <= usualCharactersMax ? null : expectedName(usualCharactersMax, addedBytes, folder)
  }
  const takenBytes = mostBytesTaken(existing, neededBytes)
  return takenBytes < neededBytes ? expectedName(takenBytes, addedBytes, folder) : null
}

function expectedName (takenBytes: number, addedBytes: number, folder: string): string {
  const reason = `the file system takes names of at most ${takenBytes} bytes in ${folder}`
  if (addedBytes === 0) return `a name of at most ${takenBytes} bytes (${reason})`
  if (takenBytes <= addedBytes) return `another folder (${reason}, and archives add up to ${addedBytes} to the file's name)`
  return `a file name of at most ${takenBytes - addedBytes} bytes (${reason}, and archives add up to ${addedBytes})`
}

function mostBytesTaken (folder: string, neededBytes: number): number {
  let [taken, refused] = [0, neededBytes + 1]
  while (refused - taken > 1) {
    const middle = Math.floor((taken + refused) / 2)
    if (isTaken(folder, '0'.repeat(middle))) taken = middle
    else refused = middle
  }
  return taken
}

function isTaken (folder: string, name: string): boolean {
  try {
    lstatSync(join(folder, name))
    return true
  } catch (error) {
    // If something else is wrong with the folder, the first opening reports it with the system's code.
    return !isError(error) || !('code' in error) || error.code !== 'ENAMETOOLONG'
  }
}

// A folder that is yet to be made will be on the file system of the one that it is made in.
function nearestFolder (folder: string): string {
  return isFolder(folder) || folder === dirname(folder) ? folder : nearestFolder(dirname(folder))
}

function isFolder (path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
