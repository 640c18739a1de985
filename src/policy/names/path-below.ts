// Shows a log file's path, starting at the log's folder.
import { relative } from 'node:path'
import type { LogName } from './archive-name.js'

/** The file's path from the log's folder, for example `archive/app.202510.log.gz`. */
export function pathBelow (log: LogName, path: string): string {
  return relative(log.directory, path)
}
