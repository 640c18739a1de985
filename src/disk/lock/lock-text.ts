// Reads the text of a lock. A lock's text is short, but another program's file in its place may be large. So only the
// beginning is read.
import { constants, openSync, readSync } from 'node:fs'
import { closeQuietly } from '../close.js'
import { unless } from '../errno.js'
import { mayBeHeld } from '../held-files.js'

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants

const readBytesMax = 4096

/** Reads the beginning of a lock; empty if it is missing or cannot be read. */
export function readLockText (path: string): string {
  const descriptor = openUnlessRefused(path)
  if (descriptor === null) return ''
  try {
    const bytes = Buffer.alloc(readBytesMax)
    return bytes.toString('latin1', 0, readSync(descriptor, bytes, 0, readBytesMax, 0))
  } finally {
    closeQuietly(descriptor)
  }
}

function openUnlessRefused (path: string): number | null {
  try {
    return unless(['ENOENT', 'EACCES'], () => openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK))
  } catch (error) {
    if (mayBeHeld(error)) return null
    throw error
  }
}
