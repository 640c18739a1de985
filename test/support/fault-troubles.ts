// Which call that fails makes what fail that an application hears of.

export const errors = ['EACCES', 'EIO', 'EROFS', 'EDQUOT', 'EMFILE', 'EXDEV', 'EEXIST', 'ENOENT'] as const
export const calls = ['openat', 'link', 'rename', 'write', 'fsync', 'unlink', 'getdents64', 'statx'] as const

export type Call = typeof calls[number]
export type Errno = typeof errors[number]

/** What is told to fail, by an event or by the answer to who asked for it. */
export type Trouble = 'open' | 'write' | 'rotate' | 'sweep' | 'compress'
type Troubles = Readonly<Record<Call, Partial<Record<Errno | 'other', readonly Trouble[]>>>>

/**
 * What fails as long as a call does. Nothing where there is another way: without links a name is reserved and renamed to, one
 * that is taken is stepped over (but not a thousand), a folder that is gone while it is listed is at its end (so says libc), and
 * a file that is gone need not be removed, nor its archive compressed. An archive that cannot be removed gets its name back, which
 * leaves the hidden name that it was to be removed under to the sweep.
 */
export const endlessTroubles: Troubles = {
  openat: { other: ['rotate', 'sweep'] },
  link: { other: ['rotate'], EACCES: [], EXDEV: [] },
  rename: { other: ['compress', 'rotate'], ENOENT: ['rotate'] },
  write: { other: ['rotate', 'write'] },
  fsync: { other: ['rotate', 'write'] },
  unlink: { other: ['compress', 'sweep'], ENOENT: [] },
  getdents64: { other: ['rotate', 'sweep'], ENOENT: [] },
  statx: { other: ['rotate', 'sweep'], ENOENT: ['open', 'rotate'] }
}

/**
 * What fails for certain when four calls in a row do, besides what depends on whose calls they are. Those of `rename`, `unlink`
 * and `statx` may all be a compression's, a lock's that is given back later, or a look's that is repeated.
 */
export const passingTroubles: Troubles = {
  openat: { other: ['rotate', 'sweep'], EEXIST: [] },
  link: { other: ['rotate'], EACCES: [], EXDEV: [], EEXIST: [] },
  rename: {},
  write: { other: ['rotate', 'write'] },
  fsync: { other: ['rotate', 'write'] },
  unlink: {},
  getdents64: { other: ['rotate'], ENOENT: [] },
  statx: {}
}

/** What a table says of a call and its error. */
export function expectedTroubles (troubles: Troubles, call: Call, error: Errno): readonly Trouble[] {
  return troubles[call][error] ?? troubles[call].other ?? []
}
