// The file of a lock: how it is created, found and put back. lock.ts decides when.
import { constants, linkSync, lstatSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { join, parse } from 'node:path'
import { RotorFileTypeError } from '../../errors.js'
import { describe, listFolderSync } from '../archive-folder.js'
import { closeQuietly } from '../close.js'
import { attempt, ignoreMissing, linkRefused, unless } from '../errno.js'
import { mayBeHeld } from '../held-files.js'
import { readLockText } from './lock-text.js'

/** Length of the identifier in a lock's hidden name, before it gets its own or after it is moved aside. Hidden names stay short. */
const identifierLength = 8

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants

/** A lock says this in place of its first letters once its owner has given it up. */
const gone = 'gone'

/** A lock as it was found. Its mark changes when it is touched, or created again with the same text. */
export interface Found { readonly text: string, readonly sizeBytes: number, readonly mark: string, readonly isGivenUp: boolean }

/**
 * Returns the lock at the path; null if there is none. An unreadable lock is identified by its mark alone, and judged by its touches.
 * Its owner may be alive, so a failing read must not let the caller work without the lock.
 */
export function find (path: string): Found | null {
  return look(path, () => {
    try {
      return readLockText(path)
    } catch {
      return ''
    }
  })
}

/** Returns the lock at the path; null if there is none. Throws if the disk fails to read it. */
export function findExactly (path: string): Found | null {
  return look(path, () => readLockText(path))
}

function look (path: string, read: () => string | null): Found | null {
  const stats = ignoreMissing(() => lstatSync(path, { bigint: true }))
  if (stats === null) return null
  if (!stats.isFile()) throw new RotorFileTypeError(path)
  // The mark has no inode number, because some file systems return a new one at each look.
  const text = read()
  // It may go between the two calls. Another holder's lock has the same size as this one's, so the size must not speak for it.
  if (text === null) return null
  return { text, sizeBytes: Number(stats.size), mark: `${stats.mtimeNs} ${text}`, isGivenUp: text.startsWith(gone) }
}

/** A hidden name for the lock's file. No other process uses it, and a sweep removes what stays there. */
function hiddenPathOf (path: string): string {
  return `${path}.${randomUUID().slice(-identifierLength)}`
}

// Others would take a nameless lock for abandoned if this process were held up before it wrote its name.
/** Creates the lock with its text, so that it names its owner from its first instant on. False if there is one. */
export function createByLink (path: string, text: string): boolean {
  const hidden = hiddenPathOf(path)
  createWith(hidden, text, () => {})
  try {
    return unless(['EEXIST'], () => { linkSync(hidden, path); return true }) ?? false
  } finally {
    removeQuietly(hidden)
  }
}

// Who has moved the lock aside puts it back if it names an owner by then. So it is made to name none, and removed if it is back already.
/**
 * Creates the lock, and then writes its text. False if there is one. `isLate` tells whether others may have taken the nameless lock away
 * meanwhile: false too if they have.
 */
export function createNameless (path: string, text: string, isLate: () => boolean): boolean {
  return unless(['EEXIST'], () => createWith(path, text, (descriptor) => {
    if (!isLate() || find(path)?.text === text) return true
    giveUp(descriptor)
    removeIf(path, (found) => found.text === givenUp(text))
    return false
  })) ?? false
}

// Another process may have broken the lock since the caller looked at it, and what has the name by now is that one's lock. So it is
// moved aside and looked at again.
/**
 * Removes the lock at the path if `isExpected` says so of it, and returns whether it did. Any other lock gets its name back. The caller
 * has just looked at the lock, so it is removed at once if the disk refuses the rename.
 */
export function removeLock (path: string, isExpected: (found: Found) => boolean): boolean {
  const aside = hiddenPathOf(path)
  const isMoved = moveAside(path, aside)
  if (isMoved === null) return false
  if (!isMoved) return ignoreMissing(() => { unlinkSync(path); return true }) ?? false
  let isRemoved = false
  try {
    const moved = find(aside)
    isRemoved = moved !== null && isExpected(moved)
  } finally {
    if (!isRemoved) putBack(aside, path)
    ignoreMissing(() => { unlinkSync(aside) })
  }
  return isRemoved
}

/** Null: there is none. False: the disk refuses it, as a full one does. */
function moveAside (path: string, aside: string): boolean | null {
  try {
    return ignoreMissing(() => { renameSync(path, aside); return true })
  } catch (error) {
    if (mayBeHeld(error)) throw error
    return false
  }
}

// Without links, a lock that was made at this moment is replaced. Its holder sees that when it asks whether it is broken.
/** Gives a lock that was moved aside its name back, unless there is another one by now. The name aside may stay. */
function putBack (aside: string, path: string): void {
  const put = unless(linkRefused, () => { unless(['EEXIST', 'ENOENT'], () => { linkSync(aside, path) }); return true })
  if (put === null && describe(path) === null) ignoreMissing(() => { renameSync(aside, path) })
  // Its owner may have looked for it right before this, and given it up.
  removeIf(path, ({ isGivenUp }) => isGivenUp)
}

// Who breaks a lock moves it aside, looks at it, and may put it back. Meanwhile its owner finds nothing at the path.
/** Gives up a lock that others have moved aside, so that they do not put it back, or removes it if they have done so by now. */
export function giveUpAside (path: string, text: string): void {
  const { dir, base } = parse(path)
  for (const { name } of listFolderSync(dir, (entry) => entry.startsWith(`${base}.`) ? entry : null)) {
    const aside = join(dir, name)
    if (readLockText(aside) === text) ignoreMissing(() => { giveUpAt(aside) })
  }
  removeIf(path, (found) => found.text === text || found.text === givenUp(text))
}

function removeIf (path: string, isExpected: (found: Found) => boolean): void {
  const found = find(path)
  if (found !== null && isExpected(found)) attempt(() => removeLock(path, isExpected))
}

function giveUpAt (path: string): void {
  const descriptor = openSync(path, O_WRONLY | O_NOFOLLOW)
  try {
    giveUp(descriptor)
  } finally {
    closeQuietly(descriptor)
  }
  removeQuietly(path)
}

function giveUp (descriptor: number): void {
  writeSync(descriptor, gone, 0)
}

/** What the lock with that text says once it is given up. */
function givenUp (text: string): string {
  return gone + text.slice(gone.length)
}

/** Creates the file with its text. The action gets it while it is still open. */
function createWith<Result> (path: string, text: string, action: (descriptor: number) => Result): Result {
  const descriptor = openSync(path, O_CREAT | O_EXCL | O_WRONLY, 0o644)
  try {
    writeText(descriptor, path, text)
    return action(descriptor)
  } finally {
    closeQuietly(descriptor)
  }
}

function writeText (descriptor: number, path: string, text: string): void {
  try {
    writeSync(descriptor, text)
  } catch (error) {
    ignoreMissing(() => { unlinkSync(path) })
    throw error
  }
}

/** Removes the file, if the disk allows it. */
function removeQuietly (path: string): void {
  try {
    unlinkSync(path)
  } catch {}
}
