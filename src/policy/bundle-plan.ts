// Which archives are joined now. A period is due once its bundle schedule has passed a boundary after the period was
// over, however long ago: what was missed while no process ran is made up. It waits until all its archives are at rest,
// so that they are joined in their order.
import type { Bundling } from '../options/settings.js'
import { compareArchives, type Archive } from './archive-name.js'
import { bundleEnd, bundleStampOf } from './bundle-name.js'
import { planRemovals, type Removal } from './retention.js'
import { periodStart } from './schedule.js'
import { settleMs } from './settling.js'

export interface WaitingArchive {
  readonly archive: Archive
  /** Whether every writer must have left it. */
  readonly settled: boolean
  /** How long it is still to be left plain, for a log shipper for example: 0 when it is not. */
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
  /** When to look again for what may still be written; null where nothing is. What is left plain wakes by itself. */
  readonly wakeInMs: number | null
}

export interface BundleInput {
  readonly archives: readonly WaitingArchive[]
  readonly bundling: Bundling
  readonly timezone: string
  readonly nowMs: number
}

/** Decides which closed periods are joined now. */
export function planBundles ({ archives, bundling, timezone, nowMs }: BundleInput): BundlePlan {
  const dueMs = periodStart(nowMs, bundling.schedule)
  const periods = [...groupByPeriod(archives, bundling)].filter(([stamp]) => bundleEnd(stamp, timezone) <= dueMs)
  const resting = periods.filter(([, waiting]) => waiting.every(({ settled, leftPlainMs }) => settled && leftPlainMs === 0))
  return {
    jobs: resting.map(([stamp, waiting]) => ({ stamp, members: waiting.map(({ archive }) => archive) })),
    wakeInMs: periods.some(([, waiting]) => waiting.some(({ settled }) => !settled)) ? settleMs : null
  }
}

/** A bundle that stands in its folder. */
export interface StoredBundle {
  readonly name: string
  readonly stamp: string
  readonly bytes: number
}

/** Decides which bundles go, oldest first; a bundle's age counts from the end of its period. */
export function planBundleRemovals (bundles: readonly StoredBundle[], { limits }: Pick<Bundling, 'limits'>, timezone: string, nowMs: number, freeBytes: number): Removal[] {
  const stored = bundles.map(({ name, stamp, bytes }) => (
    { archive: { name, stamp, n: 0, suffix: '.gz' as const }, bytes, ageFromMs: bundleEnd(stamp, timezone) }
  ))
  return planRemovals({ archives: stored, activeBytes: 0, freeBytes, limits, nowMs })
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
