// What the user can do about a failed step, by the code of the system's error. Every reported refusal ends with it.

const remedies: Readonly<Record<string, string>> = {
  EACCES: 'give the user that runs the application read and write access to the file and to its folder',
  EPERM: 'check the owner of the file and its folder, and flags such as those that chattr sets',
  EROFS: 'mount the disk read-write, or choose a folder on another disk',
  ENOSPC: 'make room on the disk, or remove files if it has no inodes left (`df -i`); `limit.totalSize` and `limit.minFree` keep some free',
  EDQUOT: 'make room within the quota, or raise it',
  EFBIG: 'raise the limit on the size of a file (`ulimit -f`, `LimitFSIZE=`), or set `size` below it',
  EMFILE: 'raise the limit on open files (`ulimit -n`, `LimitNOFILE=`)',
  ENFILE: 'raise the system\'s limit on open files',
  ENOENT: 'create the folder, or leave `mkdir` at `true`',
  ENOTDIR: 'a part of the path is a file: choose another path',
  ENAMETOOLONG: 'choose a shorter name',
  ELOOP: 'remove the symbolic link at the path, or name the file that it leads to',
  ENXIO: 'remove the pipe or device at the path, or choose another path',
  EISDIR: 'remove the folder at the path, or choose another path',
  ERR_ROTOR_FILE_TYPE: 'move the file or folder away, or choose another path',
  EXDEV: 'mount the folder of the log instead of the file, or give the file and its folder the same quota project (`chattr -p`)',
  EBUSY: 'mount the folder of the log instead of the file'
}

/** What stands between a failure and its remedy in a message. */
export const remedyMark = '; to cure it, '

/** Returns what to do about the error, as the end of a message; empty if that is not known. */
export function remedyFor (code: string): string {
  const remedy = remedyOf(code)
  return remedy === null ? '' : `${remedyMark}${remedy}`
}

/** Returns what to do about the error; null if that is not known. */
export function remedyOf (code: string): string | null {
  return Object.hasOwn(remedies, code) ? remedies[code] ?? null : null
}
