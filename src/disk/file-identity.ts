// Which file it is, whatever its name. Both numbers have 64 bits and are compared whole: as JavaScript numbers, those beyond
// 2^53 collapse into one another. Some file systems give a path other numbers than its descriptor, or others at each look.
// Where the numbers of a path and of an open file differ, the two are therefore asked again before they count as two files.
import { constants, fstatSync, lstatSync, openSync, type BigIntStats } from 'node:fs'
import { closeQuietly } from './close.js'
import { isWindows } from '../platform.js'

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants

export interface FileIdentity {
  readonly inode: bigint
  readonly device: bigint
}

export interface OpenDescriptor {
  readonly descriptor: number
  /** What its descriptor said when it was opened. */
  readonly identity: FileIdentity
}

// Some versions of Node give a path on Windows another device than its descriptor. The inode is enough there: it carries a
// sequence number.
export function identityOf ({ ino, dev }: Pick<BigIntStats, 'ino' | 'dev'>): FileIdentity {
  return { inode: ino, device: isWindows() ? 0n : dev }
}

/** The one comparison of two files by their numbers. */
export function isSameFile (a: FileIdentity, b: FileIdentity): boolean {
  return a.inode === b.inode && a.device === b.device
}

/** Tells about the file at the path if it is the open one; null if another file or none is there. Throws where the path cannot be looked at. */
export function statsIfSame (path: string, { descriptor, identity }: OpenDescriptor): BigIntStats | null {
  const named = regularFileAt(path)
  if (named === null || isSameFile(identityOf(named), identity)) return named
  return isSameNow(path, descriptor) ? regularFileAt(path) : null
}

/** Whether the path leads to the file with those numbers, or its numbers are worth nothing. The caller has compared the rest. */
export function mayHaveIdentity (path: string, identity: FileIdentity): boolean {
  const named = regularFileAt(path)
  if (named === null) return false
  return isSameFile(identityOf(named), identity) || lookByOpening(path, (descriptor) => {
    const opened = identityAt(descriptor)
    return isSameFile(opened, identity) || !isSameFile(opened, identityAt(descriptor))
  })
}

function isSameNow (path: string, descriptor: number): boolean {
  const open = statsAt(descriptor)
  const named = regularFileAt(path)
  if (open === null || named === null || open.nlink === 0n || open.nlink !== named.nlink) return false
  if (isSameFile(identityOf(named), identityOf(open))) return true
  if (lookByOpening(path, (opened) => isSameFile(identityAt(opened), identityOf(open)))) return true
  return isSameByContent(descriptor, open, named)
}

// A descriptor leads to one file for good. If its numbers change, they tell nothing on this file system.
function isSameByContent (descriptor: number, open: BigIntStats, named: BigIntStats): boolean {
  const again = statsAt(descriptor)
  if (again === null || isSameFile(identityOf(again), identityOf(open))) return false
  return named.size === again.size && named.mtimeNs === again.mtimeNs
}

// The numbers of two descriptors can be compared where those of a path and a descriptor cannot.
function lookByOpening (path: string, look: (descriptor: number) => boolean): boolean {
  for (const access of [O_RDONLY, O_WRONLY]) {
    const descriptor = orNull(() => openSync(path, access | O_NOFOLLOW | O_NONBLOCK))
    if (descriptor === null) continue
    try {
      return orNull(() => look(descriptor)) ?? false
    } finally {
      closeQuietly(descriptor)
    }
  }
  return false
}

function identityAt (descriptor: number): FileIdentity {
  return identityOf(fstatSync(descriptor, { bigint: true }))
}

function regularFileAt (path: string): BigIntStats | null {
  const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false })
  return stats?.isFile() === true ? stats : null
}

function statsAt (descriptor: number): BigIntStats | null {
  return orNull(() => fstatSync(descriptor, { bigint: true }))
}

// What cannot be looked at once more stays what its numbers have said: another file.
function orNull<Result> (look: () => Result): Result | null {
  try {
    return look()
  } catch {
    return null
  }
}
