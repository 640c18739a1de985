// What is done about a write that the disk refused, by the code of the system's error.

export type Cure = 'wait' | 'new file' | 'reopen'

/** The file takes no more, although the disk would: EFBIG is `ulimit -f`, `LimitFSIZE=`, or FAT's 4 GiB. */
const fileIsFull = ['EFBIG', 'EOVERFLOW']
/** The descriptor is dead, and the file may be well: a file server was restarted, a device came back. */
const descriptorIsDead = ['EBADF', 'ESTALE', 'ENOTCONN', 'ENODEV', 'ENXIO']

/** Tells what may cure the refusal. All others pass by themselves or not at all: the lines wait. */
export function cureOf (code: string): Cure {
  if (fileIsFull.includes(code)) return 'new file'
  return descriptorIsDead.includes(code) ? 'reopen' : 'wait'
}
