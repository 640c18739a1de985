// Removes an archive all of which is kept elsewhere, without losing a line that a writer which was held up adds meanwhile.
// policy/settling.ts has the rule. The steps are:
//
// 1. Seal the file: the time of its last write becomes one that no write leaves behind, and the time of its last access keeps
//    what it was. A later write breaks the seal, which its writer sees in the file that it still has open.
// 2. Take the file aside: give it a hidden name, under which no reader and no writer looks for it.
// 3. Look at it once more. If it grew, give it its name back.
// 4. Remove it.
import { linkSync, lstatSync, lutimesSync, renameSync, unlinkSync } from 'node:fs'
import { describe } from './archive-folder.js'
import { ignoreMissing, unless } from './errno.js'
import { isUnchanged, stateAt, type FileState } from './file-state.js'
import { removeFile } from './publish.js'

const sealed = 0
/** What file systems answer that know no hard links, or refuse one to this file. */
const linkRefused = ['EPERM', 'EACCES', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV']

/** A file that is kept elsewhere: its name, the hidden name that it gets before it goes, and the state in which it is kept. */
export interface KeptFile {
  readonly path: string
  readonly aside: string
  readonly state: FileState
}

/** Removes the file. False if it is another file by now, or has grown. The caller holds the lock. */
export function removeKept ({ path, aside, state }: KeptFile): boolean {
  if (!isUnchanged(path, state)) return false
  // The times belong to a second name as well, for example a backup's.
  if (describe(path)?.linkCount === 1) setTimes(path, Number(state.mtimeNs) / 1e9, sealed)
  const beforeItGoes = stateAt(path)
  if (beforeItGoes === null || ignoreMissing(() => { renameSync(path, aside); return true }) === null) return false
  try {
    if (isAsItWas(aside, beforeItGoes, state) && removeFile(aside)) return true
  } catch (error) {
    returnAside(aside, path)
    throw error
  }
  returnAside(aside, path)
  return false
}

/** Gives a file its name back that was taken aside and not removed. */
export function returnAside (aside: string, path: string): void {
  unseal(aside)
  const linked = unless(linkRefused, () => unless(['EEXIST', 'ENOENT'], () => { linkSync(aside, path); return true }) ?? false)
  if (linked !== null) ignoreMissing(() => { unlinkSync(aside) })
  else if (describe(path) === null) ignoreMissing(() => { renameSync(aside, path) })
}

/** Whether a file with that time of its last write is sealed: nothing was written into it since. */
export function isSealed (modified: number | bigint): boolean {
  return Number(modified) === sealed
}

function isAsItWas (aside: string, { mtimeNs }: FileState, { sizeBytes }: FileState): boolean {
  const now = stateAt(aside)
  return now?.sizeBytes === sizeBytes && now.mtimeNs === mtimeNs
}

// A write that broke the seal has given the file a time of its own.
function unseal (path: string): void {
  const stats = ignoreMissing(() => lstatSync(path))
  if (stats !== null && isSealed(stats.mtimeMs)) setTimes(path, stats.atimeMs / 1_000, stats.atimeMs / 1_000)
}

// A user that may remove the file may not always set its times, and not every file system can. A writer that was held up
// then writes its lines a second time.
function setTimes (path: string, accessedSeconds: number, modifiedSeconds: number): void {
  try {
    lutimesSync(path, accessedSeconds, modifiedSeconds)
  } catch {}
}
