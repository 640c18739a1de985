// The lines that a receiver does not take, kept beside the log so that a person can look at them. The file is bounded; beyond that, rejects are
// only counted.
import { appendFileSync, lstatSync } from 'node:fs'
import { join } from 'node:path'
import type { LogName } from '../../policy/names/archive-name.js'
import { hiddenName } from '../../policy/names/hidden-name.js'

const bytesMax = 16 * 1024 * 1024

/** Keeps a line that was rejected. */
export function keepReject (log: LogName, line: string): void {
  const path = join(log.directory, hiddenName(log, 'rejected'))
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (stats !== undefined && (!stats.isFile() || stats.size + line.length > bytesMax)) return
  appendFileSync(path, `${line}\n`, { mode: 0o600 })
}
