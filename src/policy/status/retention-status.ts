// What the limits remove now, and what they remove next.
import { join } from 'node:path'
import type { Bundling, Settings } from '../../options/settings.js'
import { bundleEnd } from '../names/bundle-name.js'
import { pathBelow } from '../names/path-below.js'
import { planBundleRemovals } from '../retention/bundle-plan.js'
import { planRemovals, type Removal } from '../retention/retention.js'
import { sumOf } from './file-sums.js'
import { daysUntil } from './growth.js'
import { nearestLimit } from './limits-status.js'
import { rounded, roundedOrNull } from './rounding.js'
import type { GrowthStatus, LimitsStatus, NextRemoval, RetentionStatus } from './status-shape.js'
import type { SurveyedArchive, SurveyedLog } from './survey.js'

const dayMs = 86_400_000

/** Tells what is removed next: an archive, or a bundle if the options ask for bundles. */
export function retentionStatus (survey: SurveyedLog, settings: Settings, limits: LimitsStatus, growth: GrowthStatus, nowMs: number): RetentionStatus {
  const { archives, active, freeBytes } = survey
  if (settings.bundle !== null) return bundleRetention(survey, settings.bundle, settings.timezone, nowMs)
  const removals = planRemovals({
    archives,
    activeBytes: active?.bytes ?? 0,
    freeBytes: freeBytes ?? Infinity,
    limits: settings.limits,
    nowMs
  })
  return {
    due: sumOf(removals.map(({ stored }) => stored)),
    next: removals[0] === undefined ? nextInTime(archives[0], limits, growth) : dueNow(removals[0])
  }
}

// It is known when a bundle will be too old. Numbers and sizes of future bundles are not predicted.
function bundleRetention ({ log, bundles: { directory, files }, freeBytes }: SurveyedLog, bundling: Bundling, timezone: string, nowMs: number): RetentionStatus {
  const shown = (next: NextRemoval): NextRemoval => ({ ...next, name: pathBelow(log, join(directory, next.name)) })
  const removals = planBundleRemovals(files, bundling, timezone, nowMs, freeBytes ?? Infinity)
  const due = sumOf(removals.map(({ stored }) => stored))
  const [oldest] = files
  if (removals[0] !== undefined) return { due, next: shown(dueNow(removals[0])) }
  if (oldest === undefined || bundling.limits.ageMs === Infinity) return { due, next: null }
  const leftMs = bundleEnd(oldest.stamp, timezone) + bundling.limits.ageMs - nowMs
  return { due, next: shown({ name: oldest.name, bytes: oldest.bytes, reason: 'age', daysLeft: rounded(leftMs / dayMs, 2) }) }
}

function dueNow ({ stored, reason }: Removal): NextRemoval {
  return { name: stored.archive.name, bytes: stored.bytes, reason, daysLeft: 0 }
}

// The oldest archive is removed when there is one too many, which is one after the limit is reached.
function nextInTime (oldest: SurveyedArchive | undefined, limits: LimitsStatus, { archivesPerDay }: GrowthStatus): NextRemoval | null {
  const { count } = limits
  const daysLeft = count === null ? null : roundedOrNull(daysUntil(count.archives, count.archivesMax + 1, archivesPerDay), 2)
  const limit = nearestLimit({ ...limits, count: count === null ? null : { ...count, daysLeft } })
  if (oldest === undefined || limit === null) return null
  return { name: oldest.archive.name, bytes: oldest.bytes, ...limit }
}
