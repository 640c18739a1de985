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
  const [home] = /^~(?:[\w.-]*(?=[\\/])|$)/.exec(path) ?? []
  if (home === '~') return `${example}; "~" is not filled in, so write join(homedir(), '…') with homedir of node:os`
  if (home !== undefined) return `${example}; "${home}" is not filled in, so write the path of that folder, or "./${home}" if it is a folder's name`
  const [date] = /%DATE%/i.exec(path) ?? /%Y[-_.]?%m|%F(?![A-Za-z])/.exec(path) ?? []
  if (date !== undefined) return `${example}, without ${date}: the active file keeps its name, and archives get the date into theirs`
  if (/\$\(|`.+`/.test(path)) return `${example}; commands of a shell are not run, so put their output into a template string`
  const [, name] = /\$\{?(?:env:)?([A-Za-z_]\w*)/.exec(path) ?? /%([A-Za-z_][\w()]*)%/.exec(path) ?? []
  return name === undefined ? null : `${example}; variables of the environment are not filled in, so write \`\${process.env${/^\w+$/.test(name) ? `.${name}` : `['${name}']`}}\` in a template string`
}
