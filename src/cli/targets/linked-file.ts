// Follows the link that the option `symlink` makes beside the active file, such as current.log.
import { lstatSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { ignoreUnreachable } from '../../disk/errno.js'
import { standingPath } from '../../options/faults/same-place.js'

/**
 * The path of the file that a link leads to, if both are in one folder. Any other path is returned with its name as it stands
 * in the folder.
 */
export function behindLink (path: string): string {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true || ignoreUnreachable(() => statSync(path))?.isFile() !== true) return standingPath(path)
  const real = realpathSync(path)
  return dirname(real) === realpathSync(dirname(resolve(path))) ? join(dirname(path), basename(real)) : path
}
