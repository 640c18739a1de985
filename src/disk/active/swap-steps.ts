// The durable steps of a rotation. Each is one or two system calls, does its work or changes nothing, and never
// overwrites an archive.
import { closeSync, constants, fsyncSync, linkSync, lstatSync, openSync, renameSync, unlinkSync, type Stats } from 'node:fs'
import { RotorFileTypeError } from '../../errors.js'
import { ActiveFile, type OpenOptions } from './active-file.js'
import { describe } from '../archive-folder.js'
import { unless } from '../errno.js'
import { isSameFile } from '../file-identity.js'
import { folderSyncRefused } from '../publish.js'

const { O_CREAT, O_EXCL, O_RDONLY, O_WRONLY } = constants

/** What file systems answer that know no hard links, or none to a file of this owner. */
const linkRefused = ['EPERM', 'EACCES', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV']

/** Opens the file that is to take the active file's place, under a hidden name, with the mode and owner of that file. */
export function openSuccessor (path: string, active: Stats, options: OpenOptions): ActiveFile {
  const successor = unless(['EEXIST'], () => ActiveFile.create(path, options)) ?? replaceLeftover(path, options)
  try {
    successor.resemble(path, active)
    return successor
  } catch (error) {
    successor.close()
    withdrawSuccessor(path)
    throw error
  }
}

// Whoever holds the lock is the only one to make a successor: one that stands here was left by a crash.
function replaceLeftover (path: string, options: OpenOptions): ActiveFile {
  if (!lstatSync(path).isFile()) throw new RotorFileTypeError(path)
  unlinkSync(path)
  return ActiveFile.create(path, options)
}

/** Gives the active file its archive name as well; false where that name is taken. */
export function addArchiveName (active: string, archive: string): boolean {
  const linked = unless(linkRefused, () => unless(['EEXIST'], () => { linkSync(active, archive); return true }) ?? false)
  return linked ?? moveToReservedName(active, archive)
}

// Without links the name is reserved first, so that the rename cannot overwrite anything but that reservation. For an
// instant no file has the active name.
function moveToReservedName (active: string, archive: string): boolean {
  const descriptor = unless(['EEXIST'], () => openSync(archive, O_CREAT | O_EXCL | O_WRONLY, 0o600))
  if (descriptor === null) return false
  closeSync(descriptor)
  try {
    renameSync(active, archive)
  } catch (error) {
    unlinkSync(archive)
    throw error
  }
  return true
}

/** Puts the successor in the active file's place, in one step for whoever looks. */
export function takePlace (successor: string, active: string): void {
  renameSync(successor, active)
}

/** Takes the archive name back, as long as the active name still leads to the same file. Whether it could shows later. */
export function withdrawArchiveName (active: string, archive: string): void {
  attempt(() => {
    const archived = describe(archive)
    const standing = describe(active)
    if (archived !== null && standing !== null && isSameFile(archived.identity, standing.identity)) unlinkSync(archive)
  })
}

/** Removes a successor that is not needed now. Whether it could shows later. */
export function withdrawSuccessor (path: string): void {
  attempt(() => { unlinkSync(path) })
}

function attempt (action: () => void): void {
  try {
    action()
  } catch {
    // A step has failed already, and its error is what is told. The next attempt starts from what stands there.
  }
}

/** Makes the names in the folder survive a power cut, where the platform can. */
export function syncFolderNow (folder: string): void {
  unless(folderSyncRefused, () => {
    const descriptor = openSync(folder, O_RDONLY)
    try {
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
  })
}
