// The short steps after a copy is proven: give it its final name, make the name durable, and remove the source if it is
// still the file that was copied. The caller holds the lock, so no other writer acts between a look and a step.
import { lstatSync, renameSync, unlinkSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { RotorFileTypeError } from '../errors.js'
import { errnoOf, ignoreMissing } from './errno.js'
import { syncHandle } from './handle-calls.js'

export interface Publication {
  readonly temporary: string
  readonly final: string
  /** Whether an existing regular file with the final name may be replaced, for example an invalid copy that a crash left. */
  readonly replace?: boolean
}

/** The errors of platforms that cannot fsync a folder: Windows (EPERM, EISDIR), some network and FUSE file systems. */
export const folderSyncRefused = ['EINVAL', 'EPERM', 'EISDIR', 'ENOTSUP']

/** Gives the file its final name. Throws EEXIST if that is taken, unless `replace` allows it. */
export function publishCopy ({ temporary, final, replace = false }: Publication): void {
  const standing = ignoreMissing(() => lstatSync(final))
  if (standing !== null && !replace) throw Object.assign(new Error(`EEXIST: ${final} exists already`), { code: 'EEXIST', path: final })
  if (standing !== null && !standing.isFile()) throw new RotorFileTypeError(final)
  renameSync(temporary, final)
}

/** Makes the names in the folder survive a power cut, if the platform can. */
export async function syncFolder (directory: string): Promise<void> {
  try {
    await syncDescriptorOf(directory)
  } catch (error) {
    // Such a platform has no other call for this. Its names are as durable as the platform makes them.
    if (!folderSyncRefused.includes(errnoOf(error))) throw error
  }
}

async function syncDescriptorOf (directory: string): Promise<void> {
  const folder = await open(directory, 'r')
  try {
    await syncHandle(folder)
  } finally {
    await folder.close()
  }
}

/** Removes the file; false if it was already gone. */
export function removeFile (path: string): boolean {
  // An operator or another writer's sweep may have removed it first.
  return ignoreMissing(() => { unlinkSync(path); return true }) ?? false
}
