// The short steps after a copy is proven: it gets its final name, the name is made to last, and the source goes if it
// is still what was copied. The caller holds the lock, so that what was looked at is what is then acted on.
import { lstatSync, renameSync, unlinkSync, type BigIntStats } from 'node:fs'
import { open } from 'node:fs/promises'
import { RotorFileTypeError } from '../errors.js'
import { errnoOf, ignoreMissing } from './errno.js'

/** Which file it was, and in what state. Another file under the same name, or a line more in it, makes a difference. */
export interface FileIdentity {
  readonly inode: number
  readonly device: number
  readonly sizeBytes: number
  readonly mtimeNs: bigint
}

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

export function identityOf (stats: BigIntStats): FileIdentity {
  return { inode: Number(stats.ino), device: Number(stats.dev), sizeBytes: Number(stats.size), mtimeNs: stats.mtimeNs }
}

/** Tells which regular file has the name now; null where none has. */
export function identify (path: string): FileIdentity | null {
  const stats = ignoreMissing(() => lstatSync(path, { bigint: true }))
  return stats?.isFile() === true ? identityOf(stats) : null
}

/** Whether the name still leads to that regular file and nothing was written into it since. */
export function isUnchanged (path: string, identity: FileIdentity): boolean {
  const now = identify(path)
  return now?.inode === identity.inode && now.device === identity.device &&
    now.sizeBytes === identity.sizeBytes && now.mtimeNs === identity.mtimeNs
}

/** Removes the file; false where it was gone already. */
export function removeFile (path: string): boolean {
  // An operator or another writer's sweep may have removed it first.
  return ignoreMissing(() => { unlinkSync(path); return true }) ?? false
}
