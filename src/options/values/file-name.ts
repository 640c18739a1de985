// Parses the option `file`: a path, with `{pid}` and `{hostname}` filled in. file-place.ts checks what lies at that path.
import { hostname } from 'node:os'
import { basename, resolve, sep } from 'node:path'
import { isWindows } from '../../platform.js'
import type { Reading } from '../faults/option-reading.js'
import { faultOfWindowsPath } from '../faults/windows-name.js'

const example = 'the path of a file such as "logs/app.log"'

const placeholders: Readonly<Record<string, () => string>> = {
  pid: () => String(process.pid),
  hostname: () => hostname().replace(/[^A-Za-z0-9._-]+/g, '-')
}

/** Parses a path into an absolute one with its placeholders filled in. */
export function parseFileName (raw: unknown): Reading<string> {
  if (typeof raw === 'function') return { expected: `${example} (a function cannot be passed to a worker; {pid} and {hostname} are filled in)` }
  if (typeof raw !== 'string') return { expected: `${example} as a string` }
  if (raw.trim() === '' || raw.includes('\0')) return { expected: example }
  if (/^(?:file:|[a-z][a-z0-9+.-]+:\/\/)/i.test(raw)) return { expected: `${example}, not a URL (fileURLToPath of node:url makes a path of one)` }

  const foreign = [...raw.matchAll(/\{([^{}]*)\}/g)].find(([, name = '']) => !Object.hasOwn(placeholders, name))
  if (foreign !== undefined) return { expected: `no placeholders but {pid} and {hostname}, so not ${foreign[0].slice(0, 40)}` }
  const filled = raw.replace(/\{([^{}]*)\}/g, (whole, name: string) => placeholders[name]?.() ?? whole)

  const windowsFault = isWindows() ? faultOfWindowsPath(filled) : null
  if (windowsFault !== null) return { expected: windowsFault }
  if (filled.endsWith('/') || filled.endsWith(sep) || /^\.\.?$/.test(basename(filled))) return { expected: 'a file, not a folder' }
  return { value: resolve(filled) }
}
