// Identifies a file independently of its name. Both numbers have 64 bits and are compared as bigints, because JavaScript
// numbers cannot tell values beyond 2^53 apart. Some file systems give a path other numbers than its descriptor, or new
// numbers at each look. So if the numbers of a path and of an open file differ, both are read again before they count as two
// files.
import { constants, fstatSync, lstatSync, openSync, type BigIntStats } from 'node:fs'
import { closeQuietly } from './close.js'
import { isWindows } from '../platform/operating-system.js'

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants

export interface FileIdentity {
  readonly inode: bigint
  readonly device: bigint
}

export interface OpenDescriptor {
  readonly descriptor: number
  /** The identity that its descriptor had when it was opened. */
  readonly identity: FileIdentity
}

// Some versions of Node give a path on Windows another device than its descriptor. The inode is enough there, because it
// contains a sequence number.
export function identityOf ({ ino, dev }: Pick<BigIntStats, 'ino' | 'dev'>): FileIdentity {
  return { inode: ino, device: isWindows() ? 0n : dev }
}

/** The only place where two files are compared by their numbers. */
export function isSameFile (a: FileIdentity, b: FileIdentity): boolean {
  return a.inode === b.inode && a.device === b.device
}

/**
 * Returns the stats of the file at the path if it is the open one; null if it is another file or missing. Throws if the path
 * cannot be looked at.
 */
export function statsIfSame (path: string, { descriptor, identity }: OpenDescriptor): BigIntStats | null {
  const named = regularFileAt(path)
  if (named === null || isSameFile(identityOf(named), identity)) return named
  return isSameNow(path, descriptor) ? regularFileAt(path) : null
}

/**
 * Whether the path leads to the file with those numbers, or its file system's numbers mean nothing. The caller has compared
 * the rest.
 */
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

// A descriptor always leads to the same file. If its numbers change, this file system's numbers mean nothing.
function isSameByContent (descriptor: number, open: BigIntStats, named: BigIntStats): boolean {
  const again = statsAt(descriptor)
  if (again === null || isSameFile(identityOf(again), identityOf(open))) return false
  return named.size === again.size && named.mtimeNs === again.mtimeNs
}

// The numbers of two descriptors can be compared even if those of a path and a descriptor cannot.
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

// If it cannot be looked at again, the numbers decide: it is another file.
function orNull<Result> (look: () => Result): Result | null {
  try {
    return look()
  } catch {
    return null
  }
}
