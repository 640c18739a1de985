// Names that a person would take for archives of a log, and that are none: the parser reads none of them, or what has the
// name is no regular file.
import { readdirSync } from 'node:fs'
import { extname } from 'node:path'
import { parseArchiveName, type LogName } from '../../policy/archive-name.js'

/** What people and editors give to copies that they set aside. */
const setAside = ['.bak', '.old', '.orig', '.swp', '.tmp']

/** The look-alikes in the log's folder, sorted. */
export function lookAlikes (log: LogName): string[] {
  return readdirSync(log.directory, { withFileTypes: true })
    .filter(({ name }) => name.startsWith(`${log.stem}.`) && /^\.\d{6,8}(?!\d)/.test(name.slice(log.stem.length)))
    .filter((entry) => parseArchiveName(entry.name, log) === null || !entry.isFile())
    .map(({ name }) => name)
    .sort()
}

/** Those of them that would be archives but for their last extension: a compressor that is not known here may have packed them. */
export function packedUnknown (log: LogName): string[] {
  return lookAlikes(log).filter((name) => !setAside.includes(extname(name)) && parseArchiveName(name.slice(0, -extname(name).length), log)?.suffix === '')
}

/** What to tell of them. */
export function notRead (name: string): string {
  return `${name} is not read: if a compressor of yours packed it, give the options that name it with --config`
}
