// Finds out without a change whether a file can be renamed within its folder. A container often mounts a single file instead
// of its folder. A quota project (ext4, XFS) may differ between a file and its folder. `chattr` may have set an attribute. In a
// sticky folder, the file may belong to another user. No rotation can then put another file in its place.
import { execFileSync } from 'node:child_process'
import { readFileSync, realpathSync, statSync, type Stats } from 'node:fs'
import { dirname } from 'node:path'
import { unless } from '../errno.js'
import { hasProc } from '../../platform/operating-system.js'

/** The call of a rotation that would fail, with its code and the reason. */
export interface RenameObstacle {
  readonly call: 'rename'
  readonly code: 'EBUSY' | 'EXDEV' | 'EPERM'
  readonly reason: string
}

interface Attributes {
  readonly project: string
  /** A letter for each flag that chattr sets. */
  readonly flags: string
}

const noAttributes: Attributes = { project: '', flags: '' }
const mounted: RenameObstacle = { call: 'rename', code: 'EBUSY', reason: 'the file is mounted by itself' }
const otherProject: RenameObstacle = { call: 'rename', code: 'EXDEV', reason: 'the file and its folder belong to different quota projects' }
const sticky: RenameObstacle = { call: 'rename', code: 'EPERM', reason: 'the folder is sticky (mode 1777, as /tmp), and the file belongs to another user' }
const stickyMode = 0o1000

/** Returns why a rename of the file would fail; null if no obstacle was found. */
export function renameObstacle (file: string): RenameObstacle | null {
  return unless(['ENOENT', 'EACCES', 'ENOTDIR'], () => {
    const [ownStats, folderStats] = [statSync(file), statSync(dirname(file))]
    if (ownStats.dev !== folderStats.dev || mountPoints().includes(realpathSync(file))) return mounted
    if (isHeldBySticky(ownStats, folderStats)) return sticky
    const [folder = noAttributes, own = noAttributes] = attributesOf([dirname(file), file])
    if (folder.flags.includes('P') && own.project !== folder.project) return otherProject
    return frozen('folder', folder) ?? frozen('file', own)
  })
}

// Only root and the owners of the file and of the folder may then rename it.
function isHeldBySticky (file: Stats, folder: Stats): boolean {
  const user = process.geteuid?.() ?? 0
  return (folder.mode & stickyMode) !== 0 && ![0, file.uid, folder.uid].includes(user)
}

// `a` lets files and lines be added only, and `i` lets nothing change.
function frozen (what: 'folder' | 'file', { flags }: Attributes): RenameObstacle | null {
  const flag = ['i', 'a'].find((flag) => flags.includes(flag))
  return flag === undefined ? null : { call: 'rename', code: 'EPERM', reason: `the ${what} has the attribute ${flag}, which \`chattr -${flag}\` takes away` }
}

// A line of lsattr holds the project, the flags and the path. A folder with the flag P takes no file of another project.
function attributesOf (paths: readonly string[]): Attributes[] {
  return lsattr(paths).split('\n').flatMap((line) => {
    const [, project, flags] = /^ *(\d+) ([-\w]+) /.exec(line) ?? []
    return project === undefined || flags === undefined ? [] : [{ project, flags }]
  })
}

// The tool may be missing, or not allowed to start. Nothing is known then.
function lsattr (paths: readonly string[]): string {
  if (process.platform !== 'linux') return ''
  try {
    return execFileSync('lsattr', ['-pd', '--', ...paths], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  } catch {
    return ''
  }
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
