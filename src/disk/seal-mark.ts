// What a sealed file tells in the time of its last access: when it was last written, to the second, and how large it was. A
// later write hides both, because it sets the other times, but it leaves this one alone. The time lies years ahead, so that no
// reading of the file has set it, and so that `relatime` leaves it alone too.
import type { BigIntStats } from 'node:fs'

type Times = Pick<BigIntStats, 'atimeNs' | 'ctimeNs' | 'mtimeNs' | 'size'>

/** What no write leaves behind as the time of the last write. */
export const sealedSeconds = 0
/** Some eight and a half years. Older file systems store times until January 2038. */
const aheadSeconds = 2 ** 28
/** A time of last access is a mark if it is so far ahead of the file's last change. */
const markedSeconds = aheadSeconds / 2
/** The fraction of a second tells the size modulo this. One step is two microseconds, because Node rounds times to one. */
export const sizesTold = 499_000
const stepMicroseconds = 2
/** Where a file system stores no fractions, there is none. */
const firstMicrosecond = 3

/** Whether that last-write time is a seal: nothing was written into the file since. */
export function isSealed (modified: number | bigint): boolean {
  return Number(modified) === sealedSeconds
}

/** The time of last access, in seconds, that tells when a file of that size was last written. */
export function markOf ({ mtimeNs, sizeBytes }: { readonly mtimeNs: bigint, readonly sizeBytes: number }): number {
  return secondsOf(mtimeNs) + aheadSeconds + ((sizeBytes % sizesTold) * stepMicroseconds + firstMicrosecond) / 1e6
}

/** When the file was last written, in seconds, even if it was sealed since. */
export function writtenSeconds (stats: Times): number {
  if (isMarked(stats)) return secondsOf(stats.atimeNs) - aheadSeconds
  return Number(isSealed(stats.mtimeNs) ? stats.atimeNs : stats.mtimeNs) / 1e9
}

/** Whether the file tells that it had that size when it was sealed. */
export function tellsSize (stats: Times, sizeBytes: number): boolean {
  return sizeTold(stats) === sizeBytes % sizesTold
}

/** How many bytes were written into the file after it was sealed, modulo `sizesTold`; null if it does not tell. */
export function bytesSinceSeal (stats: Times): number | null {
  const told = sizeTold(stats)
  return told === null ? null : (Number(stats.size % BigInt(sizesTold)) - told + sizesTold) % sizesTold
}

function sizeTold (stats: Times): number | null {
  const microseconds = Number(stats.atimeNs / 1_000n % 1_000_000n)
  // A time that was cut off may be one microsecond earlier.
  return isMarked(stats) && microseconds >= firstMicrosecond - 1 ? Math.floor((microseconds - firstMicrosecond + 1) / stepMicroseconds) : null
}

function isMarked ({ atimeNs, ctimeNs }: Times): boolean {
  return secondsOf(atimeNs) - secondsOf(ctimeNs) > markedSeconds
}

function secondsOf (timeNs: bigint): number {
  return Number(timeNs / 1_000_000_000n)
}
