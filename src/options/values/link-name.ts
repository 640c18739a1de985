// The option `symlink`: the name of a link to the active file, in its folder. `true` takes the name that pino-roll gives
// its link, with the active file's extension.
import { extname } from 'node:path'
import type { Reading } from '../faults/option-reading.js'

/** Reads `false`, `true` or a plain name as a name, null or `true`; the last becomes a name once `file` is known. */
export function parseLinkName (raw: unknown): Reading<string | true | null> {
  if (raw === false) return { value: null }
  if (raw === true) return { value: true }
  const isName = typeof raw === 'string' && raw.trim() !== '' && !/[/\\\0]/.test(raw) && raw !== '.' && raw !== '..'
  if (!isName) return { expected: 'true, false, or the name of a link in the folder of "file" such as "current.log"' }
  return { value: raw }
}

/** The name of the link, where there is to be one. */
export function linkNameFor (file: string, name: string | true | null): string | null {
  return name === true ? `current${extname(file)}` : name
}
