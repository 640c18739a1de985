// Reads the text of a lock. A lock's text is short, but another program's file in its place may be large. So only the
// beginning is read.
import { chmodSync, constants, lstatSync, openSync, readSync } from 'node:fs'
import { closeQuietly } from '../close.js'
import { ignoreMissing, uninterrupted, unless } from '../errno.js'
import { mayBeHeld } from '../held-files.js'
import { isWindows } from '../../platform/operating-system.js'

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY, S_IRUSR, S_IWUSR } = constants

const readBytesMax = 4096

/** Reads the beginning of a lock; empty if it cannot be read, and null if it is missing. */
export function readLockText (path: string): string | null {
  const opened = ignoreMissing(() => ({ descriptor: openUnlessRefused(path) }))
  if (opened === null) return null
  const { descriptor } = opened
  if (descriptor === null) return ''
  try {
    const bytes = Buffer.alloc(readBytesMax)
    return bytes.toString('latin1', 0, uninterrupted(() => readSync(descriptor, bytes, 0, readBytesMax, 0)))
  } finally {
    closeQuietly(descriptor)
  }
}

function openUnlessRefused (path: string): number | null {
  try {
    return unless(['EACCES'], () => openForReading(path)) ?? openOwnUnreadable(path)
  } catch (error) {
    if (mayBeHeld(error)) return null
    throw error
  }
}

// A umask such as 0777 takes the right to read a new lock from its own process. Only its owner, and root, may give it back.
function openOwnUnreadable (path: string): number | null {
  if (isWindows() || lstatSync(path).mode & S_IRUSR) return null
  return unless(['EPERM', 'EACCES', 'EROFS', 'ELOOP'], () => {
    chmodSync(path, S_IRUSR | S_IWUSR)
    return openForReading(path)
  })
}

function openForReading (path: string): number {
  return openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
}
