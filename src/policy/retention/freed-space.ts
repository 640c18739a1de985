// Tracks bytes that a removal freed although the file system does not show them yet. Some file systems free room only when
// they next write their own records. btrfs does that every 30 s. Until then removed bytes count as free, so that no more
// than necessary is removed. If they never show, removals free nothing, because a snapshot or an open file keeps the blocks.

/** Bytes that were removed at one time and do not show as free yet. */
interface Awaited {
  readonly bytes: number
  readonly removedBytes: number
  readonly atMs: number
}

/** Removals have freed nothing. Holds the free bytes when that was found, and the bytes that should have become free. */
interface Stuck {
  readonly atBytes: number
  readonly missingBytes: number
}

export interface FreedSpace {
  /** The free bytes at the last look. */
  readonly freeBytes: number
  readonly awaited: readonly Awaited[]
  readonly stuck: Stuck | null
}

/** How long removed bytes may take to show: two of btrfs's intervals. */
const freedSpaceMs = 60_000

export const nothingFreed: FreedSpace = { freeBytes: 0, awaited: [], stuck: null }

/** The state after bytes were removed. */
export function afterRemoval (state: FreedSpace, bytes: number, monotonicMs: number): FreedSpace {
  return bytes === 0 ? state : { ...state, awaited: [...state.awaited, { bytes, removedBytes: bytes, atMs: monotonicMs }] }
}

/** The state after a look at the free space. New free bytes count for the oldest removal first. */
export function afterLook (state: FreedSpace, freeBytes: number, monotonicMs: number): FreedSpace {
  let gainedBytes = Math.max(0, freeBytes - state.freeBytes)
  const left = state.awaited.map((each) => {
    const shownBytes = Math.min(gainedBytes, each.bytes)
    gainedBytes -= shownBytes
    return { ...each, bytes: each.bytes - shownBytes }
  })
  const isOverdue = ({ bytes, removedBytes, atMs }: Awaited): boolean => monotonicMs - atMs >= freedSpaceMs && bytes > removedBytes / 2
  const missingBytes = left.filter(isOverdue).reduce((sum, { bytes }) => sum + bytes, 0)
  return {
    freeBytes,
    awaited: left.filter(({ bytes, atMs }) => bytes > 0 && monotonicMs - atMs < freedSpaceMs),
    stuck: missingBytes > 0 ? { atBytes: freeBytes, missingBytes } : stillStuck(state.stuck, freeBytes)
  }
}

function stillStuck (stuck: Stuck | null, freeBytes: number): Stuck | null {
  return stuck !== null && freeBytes - stuck.atBytes >= stuck.missingBytes / 2 ? null : stuck
}

/**
 * The bytes to use for the limit: the free ones, and those that must still show. Infinite while removals free nothing, so
 * that no more is removed for it.
 */
export function countedFreeBytes ({ freeBytes, awaited, stuck }: FreedSpace): number {
  return stuck !== null ? Infinity : freeBytes + awaited.reduce((sum, { bytes }) => sum + bytes, 0)
}
