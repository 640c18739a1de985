// A symbolic link that is valid at every instant: it is made under a hidden name and renamed, and nothing but a link is
// ever replaced.
import { lstatSync, readlinkSync, renameSync, symlinkSync, unlinkSync } from 'node:fs'
import { RotorFileTypeError } from '../errors.js'
import { ignoreMissing, unless } from './errno.js'

export interface LinkRequest {
  /** Where the link is to stand. */
  readonly link: string
  /** What it is to say. */
  readonly target: string
  /** A hidden path in the link's folder. */
  readonly temporary: string
}

/** Whether the link stands already as it is to be. */
export function isPlaced ({ link, target }: LinkRequest): boolean {
  return unless(['ENOENT', 'EINVAL'], () => readlinkSync(link)) === target
}

/** Sees to it that the link leads to the target. Throws ERR_ROTOR_FILE_TYPE where something else than a link stands there. */
export function placeLink ({ link, target, temporary }: LinkRequest): void {
  // Where nothing stands yet, this cannot overwrite anything, whoever else is about to put something there.
  if (unless(['EEXIST'], () => { symlinkSync(target, link); return true }) === true) return
  const standing = ignoreMissing(() => lstatSync(link))
  if (standing?.isSymbolicLink() === false) throw new RotorFileTypeError(link, 'a symbolic link')
  // One that stands here was left by a crash: the caller holds the lock.
  ignoreMissing(() => { unlinkSync(temporary) })
  symlinkSync(target, temporary)
  renameSync(temporary, link)
}
