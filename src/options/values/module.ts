// Finds a module of the user's own, named as for `import` but from the working directory. A name that leads nowhere is refused at once. The module is loaded
// later, when the log is opened.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Reading } from '../faults/option-reading.js'
import { isError } from '../../errors.js'

/** Parses a path or the name of a package into the absolute path of a module. The example is for the fault. */
export function parseModule (raw: unknown, example: string): Reading<string> {
  const expected = `the path of a module from the working directory such as "${example}", or the name of a package`
  if (typeof raw !== 'string' || raw.trim() === '' || raw.includes('\0')) return { expected }
  try {
    return { value: createRequire(join(process.cwd(), 'options.js')).resolve(raw) }
  } catch (cause) {
    if (isError(cause) && 'code' in cause) return { expected: `${expected}, that exists` }
    throw cause
  }
}
