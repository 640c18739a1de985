// Whether a file can be renamed within its folder, found out by looking alone. A container often mounts one file instead of its
// folder, and then no rotation can put another file in its place.
import { readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { unless } from './errno.js'
import { hasProc } from '../platform.js'

/** The code that a rename over the file would fail with; null where nothing speaks against it. */
export function renameObstacle (file: string): 'EBUSY' | null {
  return unless(['ENOENT', 'EACCES', 'ENOTDIR'], () => {
    const isOnAnotherDisk = statSync(file).dev !== statSync(dirname(file)).dev
    return isOnAnotherDisk || mountPoints().includes(realpathSync(file)) ? 'EBUSY' as const : null
  })
}

// A file of the same disk that is mounted by itself is known from this list alone. Other systems have no such list.
function mountPoints (): string[] {
  return mountList().split('\n').flatMap((line) => {
    const point = line.split(' ')[4]
    return point === undefined ? [] : [point.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)))]
  })
}

// Whatever keeps the list from being read, such as a permission of Deno's, nothing is known then.
function mountList (): string {
  if (!hasProc()) return ''
  try {
    return readFileSync('/proc/self/mountinfo', 'utf8')
  } catch {
    return ''
  }
}
