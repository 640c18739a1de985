// Places a symbolic link that is valid at every instant: it is made under a hidden name and renamed. It replaces only
// another link.
import { lstatSync, readlinkSync, renameSync, symlinkSync, unlinkSync } from 'node:fs'
import { RotorFileTypeError } from '../errors.js'
import { ignoreMissing, unless } from './errno.js'

export interface LinkRequest {
  /** The link's path. */
  readonly link: string
  /** The path that the link names. */
  readonly target: string
  /** A hidden path in the link's folder. */
  readonly temporary: string
}

/** Whether the link is already in place. */
export function isPlaced ({ link, target }: LinkRequest): boolean {
  return unless(['ENOENT', 'EINVAL'], () => readlinkSync(link)) === target
}

/** Makes the link lead to the target. Throws ERR_ROTOR_FILE_TYPE if the path is taken by something other than a link. */
export function placeLink ({ link, target, temporary }: LinkRequest): void {
  // If nothing has this name yet, this call cannot overwrite anything, even if another process creates the name at the same
  // time.
  if (unless(['EEXIST'], () => { symlinkSync(target, link); return true }) === true) return
  const standing = ignoreMissing(() => lstatSync(link))
  if (standing?.isSymbolicLink() === false) throw new RotorFileTypeError(link, 'a symbolic link')
  // A temporary link that already exists was left by a crash, because the caller holds the lock.
  ignoreMissing(() => { unlinkSync(temporary) })
  symlinkSync(target, temporary)
  renameSync(temporary, link)
}
