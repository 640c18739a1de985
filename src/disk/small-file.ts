// Replaces a small file as a whole: writes it under a hidden name, syncs it and renames it. A reader, or the next process
// after a crash, finds either the old text or the new one.
import { constants, fstatSync, fsync, openSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { closeQuietly } from './close.js'
import { ignoreMissing, unless } from './errno.js'
import { retryWhileHeld, retryWhileHeldSync } from './held-files.js'

const { O_CREAT, O_EXCL, O_WRONLY, O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
/** No record is larger, but another program's file in its place may be larger than memory. */
const textBytesMax = 64 * 1024 * 1024
/** The only call here that waits for the disk itself. */
const syncDescriptor = promisify(fsync)

/** Replaces the file's text. The caller holds a lock, so no other process uses the temporary name. */
export async function replaceSmallFile (path: string, temporary: string, text: string, mode = 0o600): Promise<void> {
  await retryWhileHeld(() => ignoreMissing(() => { unlinkSync(temporary) }))
  const descriptor = openSync(temporary, O_CREAT | O_EXCL | O_WRONLY, mode)
  try {
    writeFileSync(descriptor, text)
    await syncDescriptor(descriptor)
  } finally {
    closeQuietly(descriptor)
  }
  await retryWhileHeld(() => { renameSync(temporary, path) })
}

/** What the system answers where a folder has the file's name, or where rights or the disk refuse to read it. */
export const unreadable: readonly string[] = ['EISDIR', 'EACCES', 'EPERM', 'EIO']

// A pipe would block the opening for ever.
/** Reads the file's text; null if it is missing or a symbolic link, and empty if it is too large for one of ours. */
export function readSmallFile (path: string): string | null {
  const descriptor = unless(['ENOENT', 'ELOOP'], () => retryWhileHeldSync(() => openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)))
  if (descriptor === null) return null
  try {
    return fstatSync(descriptor).size > textBytesMax ? '' : readFileSync(descriptor, 'utf8')
  } finally {
    closeQuietly(descriptor)
  }
}
