// How near each limit and the end of the disk are.
import type { RemovalReason } from '../../events.js'
import type { Limits, Settings } from '../../options/settings.js'
import { sumOf } from './file-sums.js'
import { daysUntil } from './growth.js'
import { rounded, roundedOrNull } from './rounding.js'
import type { DiskStatus, GrowthStatus, LimitsStatus, OptionsSource } from './status-shape.js'
import type { SurveyedLog } from './survey.js'
import { archiveCount } from './written-spans.js'

const dayMs = 86_400_000
const liftedLimits = { count: null, age: null, totalSize: null, minFree: null }

/** Compares the log with each limit. With bundles on, no limit removes an archive. */
export function limitsStatus (survey: SurveyedLog, { limits, bundle }: Pick<Settings, 'limits' | 'bundle'>, growth: GrowthStatus, nowMs: number, from: OptionsSource): LimitsStatus {
  if (bundle !== null) return { from, ...liftedLimits }
  return {
    from,
    count: countStatus(survey, limits, growth),
    age: ageStatus(survey, limits, nowMs),
    totalSize: totalSizeStatus(survey, limits, growth),
    minFree: minFreeStatus(survey, limits, growth)
  }
}

/** The room on the disk, and how long it lasts if no limit is reached before. */
export function diskStatus ({ freeBytes }: SurveyedLog, limits: LimitsStatus, growth: GrowthStatus): DiskStatus {
  if (freeBytes === null) return { freeBytes, daysLeft: null }
  const daysLeft = daysUntil(-freeBytes, 0, growth.storedBytesPerDay)
  const nearest = nearestLimit(limits)
  const isLimitedFirst = daysLeft !== null && nearest !== null && nearest.daysLeft <= daysLeft
  return { freeBytes, daysLeft: daysLeft === null || isLimitedFirst ? null : rounded(daysLeft, 2) }
}

/** The limit that is reached first. */
export function nearestLimit (limits: LimitsStatus): { reason: RemovalReason, daysLeft: number } | null {
  let nearest: { reason: RemovalReason, daysLeft: number } | null = null
  for (const reason of ['age', 'count', 'totalSize', 'minFree'] as const) {
    const daysLeft = limits[reason]?.daysLeft ?? null
    if (daysLeft !== null && (nearest === null || daysLeft < nearest.daysLeft)) nearest = { reason, daysLeft }
  }
  return nearest
}

function countStatus ({ archives }: SurveyedLog, { count }: Limits, { archivesPerDay }: GrowthStatus): LimitsStatus['count'] {
  if (count === Infinity) return null
  const present = archiveCount(archives)
  return { archivesMax: count, archives: present, daysLeft: roundedOrNull(daysUntil(present, count, archivesPerDay), 2) }
}

function ageStatus ({ archives: [oldest] }: SurveyedLog, { ageMs }: Limits, nowMs: number): LimitsStatus['age'] {
  if (ageMs === Infinity) return null
  const daysMax = ageMs / dayMs
  const oldestDays = oldest === undefined ? null : Math.max(0, nowMs - oldest.ageFromMs) / dayMs
  return {
    daysMax: rounded(daysMax, 4),
    oldestDays: roundedOrNull(oldestDays, 2),
    daysLeft: oldestDays === null ? null : roundedOrNull(daysUntil(oldestDays, daysMax, 1), 2)
  }
}

function totalSizeStatus ({ archives, active }: SurveyedLog, { totalBytes }: Limits, { storedBytesPerDay }: GrowthStatus): LimitsStatus['totalSize'] {
  if (totalBytes === Infinity) return null
  const bytes = sumOf(archives).bytes + (active?.bytes ?? 0)
  return { bytesMax: totalBytes, bytes, daysLeft: roundedOrNull(daysUntil(bytes, totalBytes, storedBytesPerDay), 2) }
}

function minFreeStatus ({ freeBytes }: SurveyedLog, { freeBytesMin }: Limits, { storedBytesPerDay }: GrowthStatus): LimitsStatus['minFree'] {
  if (freeBytesMin === 0) return null
  const daysLeft = freeBytes === null ? null : roundedOrNull(daysUntil(-freeBytes, -freeBytesMin, storedBytesPerDay), 2)
  return { bytesMin: freeBytesMin, freeBytes, daysLeft }
}
