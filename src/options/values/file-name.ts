// Parses the option `file`: a path, with `{pid}` and `{hostname}` filled in. file-place.ts checks what lies at that path.
import { hostname } from 'node:os'
import { basename, resolve, sep } from 'node:path'
import { isWindows } from '../../platform/operating-system.js'
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
  const unfilled = unfilledPart(raw)
  if (unfilled !== null) return { expected: unfilled }

  const foreign = [...raw.matchAll(/\{([^{}]*)\}/g)].find(([, name = '']) => !Object.hasOwn(placeholders, name))
  if (foreign !== undefined) return { expected: `no placeholders but {pid} and {hostname}, so not ${foreign[0].slice(0, 40)}` }
  const filled = raw.replace(/\{([^{}]*)\}/g, (whole, name: string) => placeholders[name]?.() ?? whole)

  const windowsFault = isWindows() ? faultOfWindowsPath(filled) : null
  if (windowsFault !== null) return { expected: windowsFault }
  if (filled.endsWith('/') || filled.endsWith(sep) || /^\.\.?$/.test(basename(filled))) return { expected: 'a file, not a folder' }
  return { value: resolve(filled) }
}

// A shell, or another library, fills these in. Here they would become part of the name.
function unfilledPart (path: string): string | null {
  if (/^~(?:[\\/]|$)/.test(path)) return `${example}; "~" is not filled in, so write join(homedir(), '…') with homedir of node:os`
  if (/%DATE%/i.test(path)) return `${example}, without %DATE%: the active file keeps its name, and archives get the date into theirs`
  const [, name] = /\$\{?([A-Za-z_]\w*)/.exec(path) ?? /%([A-Za-z_]\w*)%/.exec(path) ?? []
  return name === undefined ? null : `${example}; variables of the environment are not filled in, so write \`\${process.env.${name}}\` in a template string`
}
