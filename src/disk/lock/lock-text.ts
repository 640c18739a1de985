// What a lock says. Ours are short, and what another program put in its place may be as large as it likes: only the beginning
// is read.
import { constants, openSync, readSync } from 'node:fs'
import { closeQuietly } from '../close.js'
import { unless } from '../errno.js'
import { mayBeHeld } from '../held-files.js'

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants

const readBytesMax = 4096

/** Reads the beginning of a lock; empty where there is none or it may not be read. */
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
