// The durable steps of a rotation. Each is a few system calls. Each does its whole work or changes nothing, and none
// overwrites an archive.
import { constants, fsyncSync, linkSync, lstatSync, openSync, renameSync, unlinkSync } from 'node:fs'
import { closeQuietly } from '../close.js'
import { RotorFileTypeError } from '../../errors.js'
import { isWindows } from '../../platform/operating-system.js'
import { ActiveFile, type OpenOptions } from './active-file.js'
import { describe } from '../archive-folder.js'
import { attempt, linkRefused, unless } from '../errno.js'
import { isSameFile } from '../file-identity.js'
import { mayBeHeld } from '../held-files.js'
import { folderSyncRefused } from '../publish.js'
import { returnAside } from '../seal.js'
import type { Model } from '../rights/keep-rights.js'

const { O_CREAT, O_EXCL, O_RDONLY, O_WRONLY } = constants

/** Opens the file that will replace the active file, under a hidden name, with the active file's rights. */
export function openSuccessor (path: string, active: Model, { fsync }: OpenOptions): ActiveFile {
  // No other user may open it before it has these rights.
  const options = { fsync, mode: 0o600 }
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

// Each writer has a name of its own for its successors. One that already exists could not be removed earlier.
function replaceLeftover (path: string, options: OpenOptions): ActiveFile {
  if (!lstatSync(path).isFile()) throw new RotorFileTypeError(path)
  unlinkSync(path)
  return ActiveFile.create(path, options)
}

/** Whether the active file has a second name now, or was renamed, so that no file has the active name for an instant. */
export type Naming = 'linked' | 'renamed'

/** Gives the active file its archive name as a second name. False if that name is taken; null if no file can have two names. */
export function linkArchive (active: string, archive: string): boolean | null {
  // Windows links an open file, but cannot rename another one over it afterwards.
  if (isWindows()) return null
  return unless(linkRefused, () => unless(['EEXIST'], () => { linkSync(active, archive); return true }) ?? false)
}

/**
 * Gives the file with an archive name another one in its place. False if that one is taken. A file that has lost the found name
 * meanwhile is an error (ENOENT).
 */
export function renameArchive (found: string, archive: string): boolean {
  if (describe(archive) !== null) return false
  renameSync(found, archive)
  return true
}

/**
 * Continues a swap that was interrupted after the active file got its archive name. On Windows the active name is renamed to
 * the hidden path, because an unlinked name can stay until the file is closed.
 */
export function leaveActiveName (active: string, hidden: string): Naming {
  if (!isWindows()) return 'linked'
  renameSync(active, hidden)
  return 'renamed'
}

/** Reserves an archive name with an empty file, so that a rename can overwrite only that. False if the name is taken. */
export function reserveName (archive: string): boolean {
  const descriptor = unless(['EEXIST'], () => openSync(archive, O_CREAT | O_EXCL | O_WRONLY, 0o600))
  if (descriptor !== null) closeQuietly(descriptor)
  return descriptor !== null
}

/** Removes an empty file that reserves a name. */
export function withdrawReservation (archive: string): void {
  attempt(() => { if (describe(archive)?.bytes === 0) unlinkSync(archive) })
}

/** Renames a file to the archive name that is reserved for it. `mayRename` is called right before, and may throw. */
export function moveToReservedName (from: string, archive: string, mayRename = (): void => {}): void {
  try {
    mayRename()
    renameSync(from, archive)
  } catch (error) {
    withdrawReservation(archive)
    throw error
  }
}

/** Renames a file to an archive name. False if the name is taken. */
export function moveToFreeName (from: string, archive: string): boolean {
  if (!reserveName(archive)) return false
  moveToReservedName(from, archive)
  return true
}

/** An open file with the path by which it was opened. */
export interface Named { readonly path: string, readonly file: ActiveFile }

/** Gives the successor the active name. Returns the file that has that name afterwards. */
export function takePlace (successor: Named, active: string, naming: Naming, options: OpenOptions): ActiveFile {
  if (naming === 'renamed' && !isWindows()) return takeFreePlace(successor, active, options)
  try {
    renameSync(successor.path, active)
    return successor.file
  } catch (error) {
    if (naming === 'linked' || !mayBeHeld(error)) throw error
    // Another program holds the successor, or a writer of an older version has created an active file. That file is used at
    // once.
    const file = ActiveFile.open(active, options)
    successor.file.close()
    withdrawSuccessor(successor.path)
    return file
  }
}

// The name was free for an instant, and another writer may have created the file in it. A rename would replace that file with its
// lines. So the name is taken by creating the file, which fails then, and the other writer's file is used.
function takeFreePlace ({ path, file }: Named, active: string, options: OpenOptions): ActiveFile {
  const created = unless(['EEXIST'], () => ActiveFile.create(active, { ...options, mode: 0o600 }))
  created?.resemble(active, { path, stats: file.stats() })
  const placed = created ?? ActiveFile.open(active, options)
  file.close()
  withdrawSuccessor(path)
  return placed
}

/**
 * Gives the renamed file its active name back, unless another file has it by now. The caller finds out later whether it
 * worked.
 */
export function renameBack (active: string, renamed: string): void {
  attempt(() => { if (lstatSync(active, { throwIfNoEntry: false }) === undefined) renameSync(renamed, active) })
}

// Another writer may have broken the lock meanwhile. It may rely on the name only after it has given the file another one. So the
// name is taken aside first: then no other writer can still find it, and the file never loses its only name.
/**
 * Takes an archive name back from a file that has another name. If it has none, the archive name stays. The caller finds out
 * later whether it worked.
 */
export function withdrawArchiveName (active: string, { path, aside }: { readonly path: string, readonly aside: string }): void {
  attempt(() => {
    if (!isTakenAside(path, aside)) {
      if (isActive(path, active)) unlinkSync(path)
    } else if (isActive(aside, active) || (describe(aside)?.linkCount ?? 0) > 1) unlinkSync(aside)
    else returnAside(aside, path)
  })
}

// A disk that refuses this rename has most likely refused that of the successor too.
function isTakenAside (path: string, aside: string): boolean {
  try {
    renameSync(path, aside)
    return true
  } catch {
    return false
  }
}

function isActive (path: string, active: string): boolean {
  const named = describe(path)
  const standing = describe(active)
  return named !== null && standing !== null && isSameFile(named.identity, standing.identity)
}

/** Removes a successor that is not needed now. The caller finds out later whether it worked. */
export function withdrawSuccessor (path: string): void {
  attempt(() => { unlinkSync(path) })
}

/** Makes the names in the folder survive a power cut, if the platform can. */
export function syncFolderNow (folder: string): void {
  unless(folderSyncRefused, () => {
    const descriptor = openSync(folder, O_RDONLY)
    try {
      fsyncSync(descriptor)
    } finally {
      closeQuietly(descriptor)
    }
  })
}
