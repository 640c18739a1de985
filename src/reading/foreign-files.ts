// Finds the files in a folder of logs that are not ours: those that other tools have rotated, and everything else.
import { lstatSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { entriesIn } from '../disk/archive-folder.js'
import { ignoreMissing, ignoreUnreachable } from '../disk/errno.js'
import { parseArchiveName, type LogName } from '../policy/names/archive-name.js'
import { isForeignArchiveName } from '../policy/names/foreign-name.js'
import { isHiddenName } from '../policy/names/hidden-name.js'
import { LogsByStem } from '../policy/names/logs-by-stem.js'

/** A file that no log of ours counts. */
export interface ForeignFile {
  readonly name: string
  readonly bytes: number
}

/** The files in the log's folder that other tools have rotated, such as logrotate. Largest first. */
export function rotatedByOthers (log: LogName): ForeignFile[] {
  return largestFirst(log.directory, namesIn(log.directory, log.stem).filter(({ name, isFile }) => isFile && isForeignArchiveName(name, log)).map(({ name }) => name))
}

/** The entries of a folder that belong to none of the logs, nor to the folders of their bundles. Largest first. */
export function strangersIn (directory: string, logs: readonly LogName[], bundleFolders: readonly string[]): ForeignFile[] {
  const byStem = new LogsByStem(logs)
  const isOfLog = (name: string): boolean => (name.startsWith('.') && logs.some((log) => isHiddenName(name, log))) || byStem.some(name, (log) => isFileOf(name, log))
  const names = namesIn(directory)
    .filter(({ name, isFile, isLink }) => isFile
      ? !isOfLog(name)
      : !bundleFolders.includes(join(directory, name)) && !(isLink && leadsToLog(join(directory, name), logs)))
    .map(({ name }) => name)
  return largestFirst(directory, names)
}

function isFileOf (name: string, log: LogName): boolean {
  return name === log.base || parseArchiveName(name, log) !== null || isForeignArchiveName(name, log)
}

// The option `symlink` makes such a link.
function leadsToLog (path: string, logs: readonly LogName[]): boolean {
  const target = ignoreUnreachable(() => realpathSync(path))
  return target !== null && logs.some(({ directory, base }) => target === join(realpathSync(directory), base))
}

function namesIn (directory: string, beginning = ''): Array<{ readonly name: string, readonly isFile: boolean, readonly isLink: boolean }> {
  const entries = ignoreMissing(() => entriesIn(directory, beginning)) ?? []
  return entries.map((entry) => ({ name: entry.name, isFile: entry.isFile(), isLink: entry.isSymbolicLink() }))
}

function largestFirst (directory: string, names: readonly string[]): ForeignFile[] {
  return names
    .map((name) => {
      const stats = lstatSync(join(directory, name), { throwIfNoEntry: false })
      return stats?.isDirectory() === true ? { name: `${name}/`, bytes: 0 } : { name, bytes: stats?.size ?? 0 }
    })
    .sort((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1))
}
