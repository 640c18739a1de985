// Calls on open files that Yarn's Plug'n'Play lacks: it replaces the file handles of Node by its own. The calls by descriptor are there.
import { fsync, futimes } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { promisify } from 'node:util'

const isPlugAndPlay = process.versions['pnp'] !== undefined

/** Brings the file to the disk. */
export async function syncHandle (handle: FileHandle): Promise<void> {
  if (isPlugAndPlay) await promisify(fsync)(handle.fd)
  else await handle.sync()
}

/** Sets the times of the file, in seconds. */
export async function setTimes (handle: FileHandle, accessedS: number, modifiedS: number): Promise<void> {
  if (isPlugAndPlay) await promisify(futimes)(handle.fd, accessedS, modifiedS)
  else await handle.utimes(accessedS, modifiedS)
}
