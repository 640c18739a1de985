// When a file was made. Not every file system knows it.
import { lstatSync, type Stats } from 'node:fs'
import { isWindows } from '../platform.js'

/** Tells when the file was made, or last written if that is earlier; null if it is gone or the file system does not tell. */
export function createdMs (path: string): number | null {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  return stats === undefined ? null : madeMs(stats)
}

/** The same from what was read about the file. */
export function madeMs ({ birthtimeMs, mtimeMs }: Stats): number | null {
  // Windows gives a new file the time of an earlier one that had its name in the last 15 s.
  return isWindows() || birthtimeMs <= 0 ? null : Math.min(birthtimeMs, mtimeMs)
}
