// A small file that is replaced as a whole: it is written under a hidden name, synced and renamed, so that a reader, or the next
// process after a crash or a power cut, finds the old text or the new one.
import { constants, fsync, openSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { closeQuietly } from './close.js'
import { ignoreMissing, unless } from './errno.js'

const { O_CREAT, O_EXCL, O_WRONLY, O_RDONLY, O_NOFOLLOW } = constants
/** The only call here that waits for the disk's own pace. */
const syncDescriptor = promisify(fsync)

/** Replaces the file's text. The caller holds a lock, so that the temporary name is its own. */
export async function replaceSmallFile (path: string, temporary: string, text: string, mode = 0o600): Promise<void> {
  ignoreMissing(() => { unlinkSync(temporary) })
  const descriptor = openSync(temporary, O_CREAT | O_EXCL | O_WRONLY, mode)
  try {
    writeFileSync(descriptor, text)
    await syncDescriptor(descriptor)
  } finally {
    closeQuietly(descriptor)
  }
  renameSync(temporary, path)
}

/** Reads the file's text; null where there is none, or where it is a symbolic link. */
export function readSmallFile (path: string): string | null {
  const descriptor = unless(['ENOENT', 'ELOOP'], () => openSync(path, O_RDONLY | O_NOFOLLOW))
  if (descriptor === null) return null
  try {
    return readFileSync(descriptor, 'utf8')
  } finally {
    closeQuietly(descriptor)
  }
}
