// Which operating system this is. It is read at each use, so that a test can pretend to be another one.

export function isWindows (): boolean {
  return process.platform === 'win32'
}

/** Whether the usual disks of this system ignore the case of names. */
export function ignoresCase (): boolean {
  return isWindows() || process.platform === 'darwin'
}

/** A path or name in a form that is equal for all names that such a disk treats as the same. */
export function comparable (name: string): string {
  return ignoresCase() ? name.normalize('NFC').toLowerCase() : name
}

/** Whether `/proc` is the kernel's. Elsewhere, and on Windows in `C:\proc`, it may be anyone's folder. */
export function hasProc (): boolean {
  return process.platform === 'linux'
}
