// Finds the logs in a folder: every active file, and every log that still has archives.
import { listFolder } from '../../disk/archive-folder.js'
import { logName, parseArchiveName } from '../../policy/names/archive-name.js'
import { isForeignArchiveName } from '../../policy/names/foreign-name.js'
import { LogsByStem } from '../../policy/names/logs-by-stem.js'
import { parseBundleName } from '../../policy/names/bundle-name.js'

/** `{stem}.{stamp}[.{n}]{extension}[suffix]`: the base of the log whose archive could have this name. */
const archivePattern = /^(.+)\.[1-9]\d{7}(?:_\d{6})?(?:\.[1-9]\d*)?(\.[^.]+)?(?:\.(?:gz|br|zst))?$/
/** `{stem}.{period}{extension}.gz`: the base of the log whose bundle could have this name. */
const bundlePattern = /^(.+)\.\d{4}(?:\d{2}|\d{4}|W\d{2})(\.[^.]+)?\.gz$/
const extensions = /\.(?:log|json|jsonl|ndjson|txt)$/

/** The base names of the logs in the folder, sorted. What other tools rotated beside an active file is no log of its own. */
export async function logsIn (directory: string): Promise<string[]> {
  const bases = new Set<string>()
  for (const { name } of await listFolder(directory, (name) => name.startsWith('.') ? null : name)) {
    const base = baseOfArchive(name)
    if (base !== null) bases.add(base)
    else if (extensions.test(name)) bases.add(name)
  }
  const names = [...bases].sort()
  const byStem = LogsByStem.ofBases(names)
  return names.filter((base) => !byStem.some(base, (log) => isForeignArchiveName(base, log)))
}

/** The base of the log whose archive could have this name; null if no archive could. */
export function baseOfArchive (name: string): string | null {
  const [, stem, extension = ''] = archivePattern.exec(name) ?? []
  // If the log has no extension, its archive ends in the suffix.
  const bases = stem === undefined ? [] : [`${stem}${extension}`, stem]
  return bases.find((base) => parseArchiveName(name, logName(base)) !== null) ?? null
}

/** The base of the log whose bundle could have this name; null if no bundle could. */
export function baseOfBundle (name: string): string | null {
  const [, stem, extension = ''] = bundlePattern.exec(name) ?? []
  const base = `${stem ?? ''}${extension}`
  return stem !== undefined && parseBundleName(name, logName(base)) !== null ? base : null
}
