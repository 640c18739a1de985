// Finds out without a change whether a file can be renamed within its folder. A container often mounts a single file instead
// of its folder. No rotation can then put another file in its place.
import { readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { unless } from './errno.js'
import { hasProc } from '../platform/operating-system.js'

/** Returns the code with which a rename over the file would fail; null if nothing speaks against it. */
export function renameObstacle (file: string): 'EBUSY' | null {
  return unless(['ENOENT', 'EACCES', 'ENOTDIR'], () => {
    const isOnAnotherDisk = statSync(file).dev !== statSync(dirname(file)).dev
    return isOnAnotherDisk || mountPoints().includes(realpathSync(file)) ? 'EBUSY' as const : null
  })
}

// Only this list shows that a file of the same disk is mounted by itself. Other systems have no such list.
function mountPoints (): string[] {
  return mountList().split('\n').flatMap((line) => {
    const point = line.split(' ')[4]
    return point === undefined ? [] : [point.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)))]
  })
}

// The list may be unreadable, for example without a permission of Deno's. Nothing is known then.
function mountList (): string {
  if (!hasProc()) return ''
  try {
    return readFileSync('/proc/self/mountinfo', 'utf8')
  } catch {
    return ''
  }
}
