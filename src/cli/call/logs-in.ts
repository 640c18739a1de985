// Which logs a folder holds, for whoever names the folder only: every active file, and every log whose archives are left.
import { listFolder } from '../../disk/archive-folder.js'
import { logName, parseArchiveName } from '../../policy/names/archive-name.js'

/** `{stem}.{stamp}[.{n}]{extension}[suffix]`: which base the name would be an archive of. */
const archivePattern = /^(.+)\.[1-9]\d{7}(?:_\d{6})?(?:\.[1-9]\d*)?(\.[^.]+)?(?:\.(?:gz|br|zst))?$/
const extensions = /\.(?:log|json|jsonl|ndjson|txt)$/

/** The base names of the logs in the folder, sorted. */
export async function logsIn (directory: string): Promise<string[]> {
  const bases = new Set<string>()
  for (const { name } of await listFolder(directory, (name) => name.startsWith('.') ? null : name)) {
    const base = baseOf(name)
    if (base !== null) bases.add(base)
    else if (extensions.test(name)) bases.add(name)
  }
  return [...bases].sort()
}

function baseOf (name: string): string | null {
  const [, stem, extension = ''] = archivePattern.exec(name) ?? []
  // Without an extension of its own, an archive ends in its suffix.
  const bases = stem === undefined ? [] : [`${stem}${extension}`, stem]
  return bases.find((base) => parseArchiveName(name, logName(base)) !== null) ?? null
}
