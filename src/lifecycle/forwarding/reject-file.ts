// Keeps the lines that a receiver rejects beside the log, for a person to look at. The file is bounded. Rejects beyond the
// bound are only counted.
import { appendFileSync, existsSync, lstatSync } from 'node:fs'
import { join } from 'node:path'
import type { LogName } from '../../policy/names/archive-name.js'
import { hiddenName } from '../../policy/names/hidden-name.js'

const bytesMax = 16 * 1024 * 1024

/** Keeps a rejected line. */
export function keepReject (log: LogName, line: string): void {
  const path = pathOf(log)
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (stats !== undefined && (!stats.isFile() || stats.size + line.length > bytesMax)) return
  appendFileSync(path, `${line}\n`, { mode: 0o600 })
}

/** Whether a line was rejected before. */
export function hasRejects (log: LogName): boolean {
  return existsSync(pathOf(log))
}

function pathOf (log: LogName): string {
  return join(log.directory, hiddenName(log, 'rejected'))
}
