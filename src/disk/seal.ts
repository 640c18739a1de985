// How a writer that was held up learns whether its lines are in the copy of a file that is gone. Whoever removes a file that
// is kept elsewhere seals it first: the time of the last write becomes one that no write leaves behind, and what it was
// is kept as the time of the last access. The kernel lets a write and a seal at a file one after the other. So what was
// written before shows in the look that follows the seal, and what is written later breaks the seal, which the writer
// sees in the file that it has still open.
import { lutimesSync } from 'node:fs'
import { describe } from './archive-folder.js'
import { isUnchanged, type FileState } from './file-state.js'
import { removeFile } from './publish.js'

const sealed = 0

/** Removes the file, all of which is kept elsewhere; false where it is another by now or has grown. The caller holds the lock. */
export function removeKept (path: string, state: FileState): boolean {
  if (!isUnchanged(path, state)) return false
  // The times would stay with a second name, which is somebody else's, a backup's for example. Nor is such a file ever nameless.
  return describe(path)?.linkCount === 1 ? removeSealed(path, state) : removeFile(path)
}

function removeSealed (path: string, { sizeBytes, mtimeNs }: FileState): boolean {
  const writtenSeconds = Number(mtimeNs) / 1e9
  setTimes(path, writtenSeconds, sealed)
  let isRemoved = false
  try {
    isRemoved = describe(path)?.bytes === sizeBytes && removeFile(path)
    return isRemoved
  } finally {
    if (!isRemoved) setTimes(path, writtenSeconds, writtenSeconds)
  }
}

/** Whether a file with that time of its last write is sealed: all that was ever written into it was in it then. */
export function isSealed (modified: number | bigint): boolean {
  return Number(modified) === sealed
}

// Not everybody may do so who may remove the file, and not every file system can: who was held up writes its lines twice then.
function setTimes (path: string, accessedSeconds: number, modifiedSeconds: number): void {
  try {
    lutimesSync(path, accessedSeconds, modifiedSeconds)
  } catch {}
}
