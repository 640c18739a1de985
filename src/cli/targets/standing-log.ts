// The settings of a log that is already on the disk, with default options. Another program may have made it, under a name that the
// option `file` refuses, or fills in: `{pid}.log`, `$HOME.log`, or a name of 250 bytes.
import { lstatSync } from 'node:fs'
import { join, parse, resolve } from 'node:path'
import { ignoreUnreachable } from '../../disk/errno.js'
import { RotorOptionsError } from '../../errors.js'
import { parseOptions } from '../../options/parse-options.js'
import type { Settings } from '../../options/settings.js'

/** Whether a regular file has exactly this path. */
export function isStanding (path: string): boolean {
  return ignoreUnreachable(() => lstatSync(path))?.isFile() ?? false
}

/** The settings of the log with exactly this path. */
export function settingsOfStanding (path: string): Settings {
  const file = resolve(path)
  const settings = settingsOrNull(file)
  // No default option depends on the file's name.
  return settings?.file === file ? settings : { ...parseOptions({ file: join(parse(file).root, 'any.log') }), file }
}

function settingsOrNull (file: string): Settings | null {
  try {
    return parseOptions({ file })
  } catch (error) {
    if (error instanceof RotorOptionsError) return null
    throw error
  }
}
