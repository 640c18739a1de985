// Finds names that look like archives of a log but are none: the parser does not accept them, or they are no regular files.
import type { Dirent } from 'node:fs'
import { extname, join } from 'node:path'
import { entriesIn } from '../disk/archive-folder.js'
import { bundleDirectory } from './bundle-folder.js'
import { pathBelow } from '../policy/names/path-below.js'
import type { Settings } from '../options/settings.js'
import { logOf, parseArchiveName, type LogName } from '../policy/names/archive-name.js'
import { parseBundleName } from '../policy/names/bundle-name.js'

/** The extensions that people and editors give to copies. */
const setAside = ['.bak', '.old', '.orig', '.swp', '.tmp']

/**
 * The look-alikes in the log's folder and, if the options ask for bundles, in the bundles' folder. Sorted paths from the
 * log's folder.
 */
export function lookAlikes (settings: Settings): string[] {
  const log = logOf(settings)
  const beside = alikeIn(log.directory, log, (name) => parseArchiveName(name, log) !== null)
  if (settings.bundle === null) return beside
  const directory = bundleDirectory(settings, log)
  return [...beside, ...alikeIn(directory, log, (name) => parseBundleName(name, log) !== null).map((name) => pathBelow(log, join(directory, name)))]
}

function alikeIn (directory: string, { stem }: LogName, isOurs: (name: string) => boolean): string[] {
  return entriesOrNone(directory, stem)
    .filter(({ name }) => name.startsWith(`${stem}.`) && /^\.\d{4}(?:\d{2}|\d{4}|W\d{2})(?!\d)/.test(name.slice(stem.length)))
    .filter((entry) => !isOurs(entry.name) || !entry.isFile())
    .map(({ name }) => name)
    .sort()
}

/** Those that would be archives without their last extension. An unknown compressor may have packed them. */
export function packedUnknown (settings: Settings): string[] {
  const log = logOf(settings)
  return lookAlikes(settings).filter((name) => !setAside.includes(extname(name)) && parseArchiveName(name.slice(0, -extname(name).length), log)?.suffix === '')
}

/** The message about such a file. */
export function notRead (name: string): string {
  return `${name} is not read: if a compressor of yours packed it, give the options that name it with --config`
}

// A folder that cannot be listed is reported where it is read.
function entriesOrNone (directory: string, beginning: string): Dirent[] {
  try {
    return entriesIn(directory, beginning)
  } catch {
    return []
  }
}
