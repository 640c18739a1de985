// Names that a person would take for archives of a log, and that are none: the parser reads none of them, or what has the
// name is no regular file.
import { readdirSync } from 'node:fs'
import { parseArchiveName, type LogName } from '../../policy/archive-name.js'

/** The look-alikes in the log's folder, sorted. */
export function lookAlikes (log: LogName): string[] {
  return readdirSync(log.directory, { withFileTypes: true })
    .filter(({ name }) => name.startsWith(`${log.stem}.`) && /^\.\d{6,8}(?!\d)/.test(name.slice(log.stem.length)))
    .filter((entry) => parseArchiveName(entry.name, log) === null || !entry.isFile())
    .map(({ name }) => name)
    .sort()
}
