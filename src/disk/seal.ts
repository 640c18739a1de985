// Removes an archive whose whole content is kept elsewhere. A delayed writer may still add a line to it meanwhile, and that
// line is not lost. policy/settling.ts has the rule. The steps are:
//
// 1. Seal the file: the time of its last write becomes one that no write leaves behind, and the time of its last access tells
//    what it was, and the file's size (seal-mark.ts). A later write breaks the seal, which its writer sees in the file that it
//    still has open. Other delayed writers still see in the mark which of their lines came before the seal.
// 2. Take the file aside: give it a hidden name, under which no reader and no writer looks for it.
// 3. Look at it once more. If it grew, give it its name back.
// 4. Remove it.
import { linkSync, lstatSync, lutimesSync, renameSync, unlinkSync } from 'node:fs'
import { describe } from './archive-folder.js'
import { ignoreMissing, linkRefused, unless } from './errno.js'
import { isSameFile } from './file-identity.js'
import { isUnchanged, stateAt, type FileState } from './file-state.js'
import { removeFile } from './publish.js'
import { isSealed, markOf, sealedSeconds, tellsSize, writtenSeconds } from './seal-mark.js'

/** A file that is kept elsewhere: its name, the hidden name that it gets before its removal, and the state that was kept. */
export interface KeptFile {
  readonly path: string
  readonly aside: string
  readonly state: FileState
}

/** Removes the file. False if another file has its name by now, or if it has grown. The caller holds the lock. */
export function removeKept ({ path, aside, state }: KeptFile): boolean {
  if (!isUnchanged(path, state)) return false
  removeSecondName(path, aside)
  // Another name of the file, for example a backup's, shares its times.
  if (describe(path)?.linkCount === 1) seal(path, state)
  const beforeItGoes = stateAt(path)
  if (beforeItGoes === null || ignoreMissing(() => { renameSync(path, aside); return true }) === null) return false
  try {
    if (isAsItWas(aside, beforeItGoes, state) && removeFile(aside)) return true
  } catch (error) {
    giveBack(aside, path)
    throw error
  }
  returnAside(aside, path)
  return false
}

/** Gives a file that was taken aside its name back. */
export function returnAside (aside: string, path: string): void {
  if (giveBack(aside, path) === 'linked') ignoreMissing(() => { unlinkSync(aside) })
}

// A link overwrites nothing that took the name meanwhile.
function giveBack (aside: string, path: string): 'linked' | 'renamed' {
  unseal(aside)
  const linked = unless(linkRefused, () => unless(['EEXIST', 'ENOENT'], () => { linkSync(aside, path); return true }) ?? false)
  if (linked !== null) return 'linked'
  if (describe(path) === null) ignoreMissing(() => { renameSync(aside, path) })
  return 'renamed'
}

// An earlier removal may have failed after it took the file aside, and have given the file its name back. A rename
// between two names of one file does nothing.
function removeSecondName (path: string, aside: string): void {
  const named = describe(path)
  const second = describe(aside)
  if (named !== null && second !== null && isSameFile(named.identity, second.identity)) unlinkSync(aside)
}

function isAsItWas (aside: string, { mtimeNs }: FileState, { sizeBytes }: FileState): boolean {
  const now = stateAt(aside)
  return now?.sizeBytes === sizeBytes && now.mtimeNs === mtimeNs
}

// A file system that cannot store the mark would tell a wrong size. Then the time alone is kept.
function seal (path: string, state: FileState): void {
  setTimes(path, markOf(state), sealedSeconds)
  const stats = ignoreMissing(() => lstatSync(path, { bigint: true }))
  if (stats !== null && !tellsSize(stats, state.sizeBytes)) setTimes(path, Number(state.mtimeNs) / 1e9, sealedSeconds)
}

// A write that broke the seal has already set a new time.
function unseal (path: string): void {
  const stats = ignoreMissing(() => lstatSync(path, { bigint: true }))
  if (stats !== null && isSealed(stats.mtimeNs)) setTimes(path, writtenSeconds(stats), writtenSeconds(stats))
}

// A user that may remove a file may not always set its times, and some file systems cannot. A delayed writer then writes its
// lines a second time.
function setTimes (path: string, accessedSeconds: number, modifiedSeconds: number): void {
  try {
    lutimesSync(path, accessedSeconds, modifiedSeconds)
  } catch {}
}
