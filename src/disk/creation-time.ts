// When a file was created. Some file systems do not know it.
import { lstatSync, type Stats } from 'node:fs'
import { isWindows } from '../platform/operating-system.js'

/**
 * Returns when the file was created, or last written if that is earlier; null if it is gone or the file system does not
 * tell.
 */
export function createdMs (path: string): number | null {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  return stats === undefined ? null : madeMs(stats)
}

/** The same for a file that was already looked at. */
export function madeMs ({ birthtimeMs, mtimeMs }: Stats): number | null {
  // Windows gives a new file the creation time of a file that had its name in the last 15 s.
  return isWindows() || birthtimeMs <= 0 ? null : Math.min(birthtimeMs, mtimeMs)
}
