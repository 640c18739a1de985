// Archives of app.log by their names, and limits that limit nothing, for the tests of retention and sweeps.
import type { Limits } from '../../src/options/settings.js'
import { logName, parseArchiveName, type Archive } from '../../src/policy/names/archive-name.js'

const log = logName('/var/log/app.log')

export const unlimited: Limits = { count: Infinity, ageMs: Infinity, totalBytes: Infinity, freeBytesMin: 0 }

/** The archive of app.log that a name stands for. */
export function archiveOf (name: string): Archive {
  const archive = parseArchiveName(name, log)
  if (archive === null) throw new Error(`not an archive's name: ${name}`)
  return archive
}
