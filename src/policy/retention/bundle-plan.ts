// Decides which archives are bundled now. A period is due once its bundle schedule has passed a boundary after the period's
// end, however long ago. Boundaries that were missed while no process ran are made up. On request, a period is due once it
// is over. It waits until no writer appends to any of its archives, so that they are added in order.
import type { Bundling } from '../../options/settings.js'
import { compareArchives, type Archive } from '../names/archive-name.js'
import { bundleEnd, bundleStampOf } from '../names/bundle-name.js'
import type { Hold } from './holds.js'
import { planRemovals, type Removal } from './retention.js'
import { settleMs } from '../settling.js'
import { leftPlain, type SweepInput } from './sweep-plan.js'

export interface WaitingArchive {
  readonly archive: Archive
  /** Whether every writer must have left it. */
  readonly settled: boolean
  /** How long it must still stay plain, for example for a log shipper; 0 if it need not. */
  readonly leftPlainMs: number
}

export interface BundleJob {
  /** The stamp of the bundle. */
  readonly stamp: string
  /** In the order of their lines. */
  readonly members: readonly Archive[]
}

export interface BundlePlan {
  /** Oldest first. */
  readonly jobs: BundleJob[]
  /**
   * When to look again for archives that may still be written; null if there are none. Archives that stay plain have their
   * own alarm.
   */
  readonly wakeInMs: number | null
}

export interface BundlePeriods {
  readonly archives: readonly WaitingArchive[]
  readonly bundling: Bundling
  readonly timezone: string
}

export interface BundleInput extends BundlePeriods {
  /** Periods that were over at this time are due: the last boundary of the bundle schedule, or now on request. */
  readonly dueMs: number
}

/** A period with archives that are in no bundle yet. */
export interface WaitingPeriod extends BundleJob {
  readonly endsMs: number
  readonly isSettled: boolean
  /** How long one of its archives must still stay plain. */
  readonly leftPlainMs: number
}

/** The archives of a sweep that may go into a bundle: all of them, or those of one month such as `202510`. */
export function bundleCandidates (input: Pick<SweepInput, 'archives' | 'settings' | 'nowMs' | 'deferredUntilMs'>, month: string | null): WaitingArchive[] {
  return input.archives
    .filter(({ archive: { stamp } }) => month === null || stamp.startsWith(month))
    .map((found) => ({ ...found, leftPlainMs: leftPlain(found, input) }))
}

/** The waiting periods, oldest first. */
export function waitingPeriods ({ archives, bundling, timezone }: BundlePeriods): WaitingPeriod[] {
  return [...groupByPeriod(archives, bundling)].map(([stamp, waiting]) => ({
    stamp,
    members: waiting.map(({ archive }) => archive),
    endsMs: bundleEnd(stamp, timezone),
    isSettled: waiting.every(({ settled }) => settled),
    leftPlainMs: waiting.reduce((mostMs, { leftPlainMs }) => Math.max(mostMs, leftPlainMs), 0)
  }))
}

/** Decides which finished periods are bundled now. */
export function planBundles ({ dueMs, ...periods }: BundleInput): BundlePlan {
  const due = waitingPeriods(periods).filter(({ endsMs }) => endsMs <= dueMs)
  return {
    jobs: due.filter(({ isSettled, leftPlainMs }) => isSettled && leftPlainMs === 0).map(({ stamp, members }) => ({ stamp, members })),
    wakeInMs: due.some(({ isSettled }) => !isSettled) ? settleMs : null
  }
}

/** A bundle in its folder. */
export interface StoredBundle {
  readonly name: string
  readonly stamp: string
  readonly bytes: number
}

/** Decides which bundles are removed, oldest first. A bundle's age counts from the end of its period. */
export function planBundleRemovals (bundles: readonly StoredBundle[], { limits }: Pick<Bundling, 'limits'>, timezone: string, nowMs: number, freeBytes: number, holds: readonly Hold[] = []): Removal[] {
  const stored = bundles.map(({ name, stamp, bytes }) => (
    { archive: { name, stamp, n: 0, suffix: '.gz' as const }, bytes, ageFromMs: bundleEnd(stamp, timezone) }
  ))
  return planRemovals({ archives: stored, activeBytes: 0, freeBytes, limits, nowMs, holds })
}

function groupByPeriod (archives: readonly WaitingArchive[], { period }: Bundling): Map<string, WaitingArchive[]> {
  const groups = new Map<string, WaitingArchive[]>()
  for (const waiting of [...archives].sort((a, b) => compareArchives(a.archive, b.archive))) {
    const stamp = bundleStampOf(waiting.archive.stamp, period)
    const group = groups.get(stamp)
    if (group === undefined) groups.set(stamp, [waiting])
    else group.push(waiting)
  }
  return groups
}
