// Plans one sweep. Removals are planned before compressions, so nothing is compressed only to be removed. Another writer may
// still append to a plain archive that is not settled. It is left alone, with its compressed copy if it has one, and checked
// again soon.
import type { CompressAfter, Settings } from '../../options/settings.js'
import { compareArchives, type Archive } from '../names/archive-name.js'
import type { Hold } from './holds.js'
import { planRemovals, type Removal, type StoredArchive } from './retention.js'
import { settleMs } from '../settling.js'
import { stampInstant, stampKind } from '../names/stamp.js'

export interface FoundArchive extends StoredArchive {
  readonly rotatedAtMs: number
  /** When the file was last written, or the time that a program has set. */
  readonly modifiedMs: number
  /** Whether every writer must have left it. */
  readonly settled: boolean
}

export interface SweepInput {
  readonly archives: readonly FoundArchive[]
  readonly activeBytes: number
  /** The free bytes of the file system; `Infinity` if unknown. */
  readonly freeBytes: number
  readonly settings: Pick<Settings, 'limits' | 'compression' | 'bundle'>
  /** The disk is full. Archives beyond the limits are removed at once, even if a writer may still write to them. */
  readonly urgent: boolean
  readonly nowMs: number
  /** The time for counting ages, see trusted-time. */
  readonly trustedNowMs: number
  /**
   * Archives that wait for a scheduled sweep are due if they were rotated by this time: the schedule's last boundary, or now
   * on request.
   */
  readonly deferredUntilMs: number
  /** What may not be removed yet. */
  readonly holds: readonly Hold[]
}

type SweepTimes = Pick<SweepInput, 'settings' | 'nowMs' | 'deferredUntilMs'>

export interface SweepPlan {
  /** Oldest first. */
  readonly removals: Removal[]
  /** Oldest first. */
  readonly compressions: Archive[]
  /** When to sweep again for archives that wait; null if none does. It may be longer than a timer can count. */
  readonly wakeInMs: number | null
}

/** Plans one sweep. */
export function planSweep (input: SweepInput): SweepPlan {
  const archives = [...input.archives].sort((a, b) => compareArchives(a.archive, b.archive))
  const { activeBytes, freeBytes, settings: { limits, bundle }, trustedNowMs, holds } = input
  // With bundles on, archives that are still here are in no bundle yet.
  const wanted = bundle !== null ? [] : planRemovals({ archives, activeBytes, freeBytes, limits, nowMs: trustedNowMs, holds })
  const unsettled = new Set(archives.filter(isUnsettled).map(idOf))
  const removals = input.urgent ? wanted : wanted.filter(({ stored }) => !unsettled.has(idOf(stored)))
  const goes = new Set(wanted.map(({ stored }) => stored))
  const waits = archives.filter((found) => found.archive.suffix === '' && !goes.has(found))
    .map((found) => ({ found, waitMs: compressionWait(found, input) }))
  return {
    removals,
    compressions: waits.filter(({ waitMs }) => waitMs === 0).map(({ found }) => found.archive),
    wakeInMs: wakeIn(waits.map(({ waitMs }) => waitMs), removals.length < wanted.length)
  }
}

/** The instant that an archive's stamp names. Its age counts from it unless a wrong clock wrote the stamp, see ages.ts. */
export function ageFrom (archive: Archive, timezone: string): number {
  return stampInstant(archive.stamp, timezone)
}

/**
 * When an archive was rotated: the instant of a datetime stamp, or otherwise when the file's entry last changed. A stamp
 * later than that change was continued from a clock that has since gone back, and does not count.
 */
export function rotatedAt (archive: Archive, changedMs: number, timezone: string): number {
  switch (stampKind(archive.stamp)) {
    case 'datetime': return Math.min(stampInstant(archive.stamp, timezone), changedMs)
    case 'date': return changedMs
  }
}

/** How long an archive must still stay plain; `Infinity` if only the next scheduled sweep ends it. */
export function leftPlain ({ archive, rotatedAtMs }: FoundArchive, { settings, nowMs, deferredUntilMs }: SweepTimes): number {
  if (settings.compression === null || archive.suffix !== '') return 0
  return delayLeft(rotatedAtMs, settings.compression.after, nowMs, deferredUntilMs)
}

/** How long a plain archive waits for its compression: 0 if it is due, `Infinity` if waiting does not make it due. */
function compressionWait (found: FoundArchive, input: SweepInput): number {
  if (input.settings.compression === null) return Infinity
  const delayMs = leftPlain(found, input)
  return found.settled ? delayMs : Math.max(delayMs, settleMs)
}

function delayLeft (rotatedAtMs: number, after: CompressAfter, nowMs: number, deferredUntilMs: number): number {
  // A rotation in the future was stamped by a clock that has since gone back. It counts as happening now.
  const sinceMs = Math.min(rotatedAtMs, nowMs)
  if (after === 'sweep') return sinceMs <= deferredUntilMs ? 0 : Infinity
  return Math.max(0, after.delayMs - (nowMs - sinceMs))
}

function wakeIn (waitsMs: readonly number[], removalWithheld: boolean): number | null {
  let earliestMs = removalWithheld ? settleMs : Infinity
  for (const waitMs of waitsMs) {
    if (waitMs > 0 && waitMs < earliestMs) earliestMs = waitMs
  }
  return earliestMs === Infinity ? null : earliestMs
}

function isUnsettled ({ archive, settled }: FoundArchive): boolean {
  return archive.suffix === '' && !settled
}

function idOf ({ archive }: StoredArchive): string {
  return `${archive.stamp}.${archive.n}`
}
