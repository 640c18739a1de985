// The short steps after a copy is proven: it gets its final name, the name is made to last, and the source goes if it
// is still what was copied. The caller holds the lock, so that what was looked at is what is then acted on.
import { lstatSync, renameSync, unlinkSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { RotorFileTypeError } from '../errors.js'
import { errnoOf, ignoreMissing } from './errno.js'

export interface Publication {
  readonly temporary: string
  readonly final: string
  /** Whether a regular file that has the final name already may go, for example an invalid copy left by a crash. */
  readonly replace?: boolean
}

/** What a platform answers that cannot fsync a folder: Windows (EPERM, EISDIR), some network and FUSE file systems. */
export const folderSyncRefused = ['EINVAL', 'EPERM', 'EISDIR', 'ENOTSUP']

/** Gives the file its final name. Throws EEXIST where that is taken, unless a regular file there is to be replaced. */
export function publishCopy ({ temporary, final, replace = false }: Publication): void {
  const standing = ignoreMissing(() => lstatSync(final))
  if (standing !== null && !replace) throw Object.assign(new Error(`EEXIST: ${final} exists already`), { code: 'EEXIST', path: final })
  if (standing !== null && !standing.isFile()) throw new RotorFileTypeError(final)
  renameSync(temporary, final)
}

/** Makes the names in the folder survive a power cut, where the platform can. */
export async function syncFolder (directory: string): Promise<void> {
  try {
    await syncDescriptorOf(directory)
  } catch (error) {
    // There is no other way to ask for it on such a platform, and its names are as lasting as it makes them.
    if (!folderSyncRefused.includes(errnoOf(error))) throw error
  }
}

async function syncDescriptorOf (directory: string): Promise<void> {
  const folder = await open(directory, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** Removes the file; false where it was gone already. */
export function removeFile (path: string): boolean {
  // An operator or another writer's sweep may have removed it first.
  return ignoreMissing(() => { unlinkSync(path); return true }) ?? false
}
