// Parses the option `symlink`: the name of a link to the active file, in its folder. `true` means pino-roll's name, with the active file's extension.
import { extname } from 'node:path'
import { isWindows } from '../../platform/operating-system.js'
import type { Reading } from '../faults/option-reading.js'
import { faultOfWindowsName } from '../faults/windows-name.js'

/** Parses `false` to null, and a plain name to itself. `true` stays until `file` is known. */
export function parseLinkName (raw: unknown): Reading<string | true | null> {
  if (raw === false) return { value: null }
  if (raw === true) return { value: true }
  const isName = typeof raw === 'string' && raw.trim() !== '' && !/[/\\\0]/.test(raw) && raw !== '.' && raw !== '..'
  if (!isName) return { expected: 'true, false, or the name of a link in the folder of "file" such as "current.log"' }
  const windowsFault = isWindows() ? faultOfWindowsName(raw) : null
  return windowsFault === null ? { value: raw } : { expected: windowsFault }
}

/** The name of the link; null for none. */
export function linkNameFor (file: string, name: string | true | null): string | null {
  return name === true ? `current${extname(file)}` : name
}
