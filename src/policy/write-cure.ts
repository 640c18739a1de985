// What to do about a refused write, by the code of the system's error.

export type Cure = 'wait' | 'new file' | 'reopen'

/** The file takes no more, but the disk would. EFBIG comes from `ulimit -f`, `LimitFSIZE=`, or FAT's 4 GiB limit. */
const fileIsFull = ['EFBIG', 'EOVERFLOW']
/** The descriptor is dead, but the file may be intact: a file server restarted, a device came back. */
const descriptorIsDead = ['EBADF', 'ESTALE', 'ENOTCONN', 'ENODEV', 'ENXIO']

/** Returns the possible cure of the refusal. All others pass by themselves or not at all, and the lines wait. */
export function cureOf (code: string): Cure {
  if (fileIsFull.includes(code)) return 'new file'
  return descriptorIsDead.includes(code) ? 'reopen' : 'wait'
}
