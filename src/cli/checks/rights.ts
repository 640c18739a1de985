// Checks whether the current user has the rights of a writer and a sweep.
import { accessSync, constants, statSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { errnoOf, ignoreMissing } from '../../disk/errno.js'
import { isWindows } from '../../platform/operating-system.js'
import { readAccessLists } from '../../disk/rights/access-list.js'
import { askedOf } from '../../disk/rights/keep-rights.js'
import { ok, problem, warning, type Evidence, type Finding } from './finding.js'

const { R_OK, W_OK, X_OK } = constants

/** Checks the rights to the folder and the files for the current user. */
export function checkRights ({ settings: { file, bundle }, survey: { log, active, archives } }: Evidence): Finding[] {
  const unreadable = archives.filter(({ archive }) => refusal(join(log.directory, archive.name), R_OK) !== null)
  const found = [
    ...refused('the folder', log.directory, W_OK | X_OK, 'no file can be made, renamed or removed in it'),
    ...bundle === null ? [] : refused('the folder of the bundles', bundle.directory, R_OK | W_OK | X_OK, 'no bundle can be made, read or removed in it'),
    ...active === null ? [] : refused('the active file', file, R_OK | W_OK, 'no line can be appended'),
    ...unreadable.slice(0, 1).flatMap(({ archive: { name } }) => refused(`${name} (${unreadable.length} such)`, join(log.directory, name), R_OK, 'it cannot be compressed or read'))
  ]
  if (found.length > 0) return found
  // On Windows, Node checks only the read-only mark, not the rights of the user.
  if (isWindows()) return [ok('rights', `cannot tell what user ${userName()} may do: Node does not see Windows' access rights`)]
  return [ok('rights', `user ${userName()} may write the folder and its files`), ...active === null ? [] : rightsLost(file, log.directory)]
}

/** The rights of the active file that this user can give to no other file. A rotation narrows them. */
function rightsLost (file: string, directory: string): Finding[] {
  const stats = ignoreMissing(() => statSync(file))
  if (stats === null) return []
  const { uid, gid } = stats
  const lost = [
    ...mayGiveToUser(uid) ? [] : [`the owner ${uid}`],
    ...mayGiveToGroup(gid, directory) ? [] : [`the group ${gid}`],
    ...readAccessLists([askedOf({ path: file, stats })], file).lists[0] === 'hidden' ? ['the access control list'] : []
  ]
  if (lost.length === 0) return []
  return [warning('rights', `user ${userName()} cannot give a new file ${lost.join(' and ')} of ${file}: each rotation and each compression narrows the rights`,
    'to let others read the log, give the file to the user that runs the application and to a group of that user, or install the tools setfacl and getfacl for the list')]
}

// Only root may give a file away.
function mayGiveToUser (uid: number): boolean {
  const own = process.geteuid?.() ?? 0
  return own === 0 || own === uid
}

// A user may give a file to a group that the user belongs to. A folder may give its own group to each file in it.
function mayGiveToGroup (gid: number, directory: string): boolean {
  if ((process.geteuid?.() ?? 0) === 0 || process.getegid?.() === gid || process.getgroups?.().includes(gid) === true) return true
  const folder = statSync(directory)
  return (folder.mode & 0o2000) !== 0 && folder.gid === gid
}

/** Why this user cannot list the folder; null if the user can. Without the list, nothing else can be found out. */
export function refusalToList (directory: string): Finding | null {
  const code = refusal(directory, R_OK | X_OK)
  if (code === null) return null
  return problem('rights', `user ${userName()} may not list the folder ${directory} (scandir: ${code}): no archive is found, so none is compressed or removed`,
    `give the user that runs the application the rights r and x to the folder, for example: chmod u+rx ${directory}`)
}

function refused (subject: string, path: string, mode: number, consequence: string): Finding[] {
  const code = refusal(path, mode)
  if (code === null) return []
  const remedy = code === 'EROFS' ? 'the file system is read-only: mount it for writing' : `give user ${userName()} the right, or run this as the user that the application runs as`
  return [problem('rights', `user ${userName()} has no right to ${subject} (${code}): ${consequence}`, remedy)]
}

function refusal (path: string, mode: number): string | null {
  try {
    accessSync(path, mode)
    return null
  } catch (error) {
    const code = errnoOf(error)
    return code === 'ENOENT' ? null : code // removed or compressed a moment ago
  }
}

function userName (): string {
  try {
    return userInfo().username
  } catch {
    return String(process.getuid?.() ?? 'unknown') // a container's user may have no name
  }
}
