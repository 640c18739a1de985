// When a file was begun, which not every file system knows.
import { lstatSync } from 'node:fs'

/** Tells when the file was made, or last written where that is earlier; null where it is gone or the file system does not tell. */
export function createdMs (path: string): number | null {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  return stats === undefined || stats.birthtimeMs <= 0 ? null : Math.min(stats.birthtimeMs, stats.mtimeMs)
}
