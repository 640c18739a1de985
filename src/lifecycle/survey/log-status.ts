// What there is on the disk for one log, and how it is likely to go on. The facts are read by the survey, the rates come
// from policy/growth; here they are put together into the shape that users see.
import { join } from 'node:path'
import type { RemovalReason } from '../../events.js'
import type { Bundling, Settings } from '../../options/settings.js'
import { bytesByDay, daysShown, daysUntil, measureGrowth, type Growth } from '../../policy/status/growth.js'
import { bundleEnd, bundleStampOf } from '../../policy/names/bundle-name.js'
import { planBundleRemovals } from '../../policy/retention/bundle-plan.js'
import { planRemovals, type Removal } from '../../policy/retention/retention.js'
import type { ArchiveFacts, BundlesStatus, CompressionStatus, FileFacts, FileKind, FileSum, GrowthStatus, LimitsStatus, LogStatus, NextRemoval } from '../../policy/status/status.js'
import { shownBelow } from '../../reading/bundle-survey.js'
import type { SurveyedArchive } from '../../policy/status/survey.js'
import { archiveCount, spansOf } from '../../policy/status/written-spans.js'
import { surveyLog, type LogSurvey } from './log-survey.js'

export type { LogStatus } from '../../policy/status/status.js'

const dayMs = 86_400_000
const largestShown = 5

/** Reads the log's folder and sums up what stands there; changes nothing, and is calm about what is missing. */
export async function readStatus (settings: Settings, nowMs: number): Promise<LogStatus> {
  return statusOf(await surveyLog(settings, nowMs), settings, nowMs)
}

/** The same with that of every other log of the routes, each once. */
export async function readStatusOfAll (settings: Settings, nowMs: number): Promise<LogStatus> {
  const main = await readStatus(settings, nowMs)
  if (settings.routes.length === 0) return main
  const others = new Map(settings.routes.map((route) => [route.settings.file, route.settings]))
  others.delete(settings.file)
  return { ...main, routes: await Promise.all([...others.values()].map((own) => readStatus(own, nowMs))) }
}

function statusOf (survey: LogSurvey, settings: Settings, nowMs: number): LogStatus {
  const { active, archives, unfinished, freeBytes } = survey
  const files = filesOf(survey)
  const compression = compressionOf(archives)
  const growth = growthOf(survey, settings, compression, nowMs)
  const limits = limitsOf(survey, settings, growth, nowMs)
  return {
    file: settings.file,
    checkedAt: new Date(nowMs).toISOString(),
    total: sumOf(files),
    kinds: {
      active: sumOfKind(files, 'active'),
      plain: sumOfKind(files, 'plain'),
      compressed: sumOfKind(files, 'compressed'),
      bundle: sumOfKind(files, 'bundle'),
      working: sumOfKind(files, 'working'),
      leftover: sumOfKind(files, 'leftover')
    },
    largest: [...files].sort((a, b) => b.bytes - a.bytes).slice(0, largestShown),
    oldest: factsOf(archives[0]),
    newest: factsOf(archives.at(-1)),
    lastWrittenAt: active === null ? null : new Date(active.modifiedMs).toISOString(),
    bundles: bundlesOf(survey, settings, nowMs),
    compression,
    growth,
    limits,
    disk: { freeBytes, daysLeft: daysUntilFull(freeBytes, limits, growth) },
    retention: retentionOf(survey, settings, limits, growth, nowMs),
    leftovers: unfinished.filter(({ inWork }) => !inWork).map(({ name }) => name).sort()
  }
}

function filesOf ({ log, active, archives, bundles, unfinished }: LogSurvey): FileFacts[] {
  return [
    ...active === null ? [] : [{ name: log.base, kind: 'active' as const, bytes: active.bytes }],
    ...archives.map(({ archive: { name, suffix }, bytes }) => ({ name, kind: suffix === '' ? 'plain' as const : 'compressed' as const, bytes })),
    ...bundles.files.map(({ name, bytes }) => ({ name: shownBelow(log, join(bundles.directory, name)), kind: 'bundle' as const, bytes })),
    ...unfinished.map(({ name, bytes, inWork }) => ({ name, kind: inWork ? 'working' as const : 'leftover' as const, bytes }))
  ]
}

function sumOfKind (files: readonly FileFacts[], wanted: FileKind): FileSum {
  return sumOf(files.filter(({ kind }) => kind === wanted))
}

function sumOf (files: ReadonlyArray<{ readonly bytes: number }>): FileSum {
  return { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) }
}

function factsOf (found: SurveyedArchive | undefined): ArchiveFacts | null {
  if (found === undefined) return null
  return { name: found.archive.name, bytes: found.bytes, at: new Date(found.ageFromMs).toISOString() }
}

function bundlesOf ({ bundles: { directory, refused }, archives }: LogSurvey, { bundle, timezone }: Settings, nowMs: number): BundlesStatus {
  if (bundle === null) return { directory, refused, waiting: null }
  const over = archives.filter(({ archive: { stamp } }) => bundleEnd(bundleStampOf(stamp, bundle.period), timezone) <= nowMs)
  return { directory, refused, waiting: sumOf(over) }
}

function compressionOf (archives: readonly SurveyedArchive[]): CompressionStatus {
  const compressed = archives.filter(({ archive }) => archive.suffix !== '')
  const measured = compressed.flatMap(({ bytes, writtenBytes }) => writtenBytes === null ? [] : [{ bytes, writtenBytes }])
  const originalBytes = measured.reduce((sum, { writtenBytes }) => sum + writtenBytes, 0)
  const compressedBytes = sumOf(measured).bytes
  const isMeasured = measured.length > 0
  return {
    archives: compressed.length,
    measuredArchives: measured.length,
    originalBytes: isMeasured ? originalBytes : null,
    compressedBytes: isMeasured ? compressedBytes : null,
    ratio: originalBytes > 0 ? rounded(compressedBytes / originalBytes, 4) : null,
    savedBytes: isMeasured ? originalBytes - compressedBytes : null
  }
}

function growthOf (survey: LogSurvey, settings: Settings, { ratio }: CompressionStatus, nowMs: number): GrowthStatus {
  const spans = spansOf(survey, nowMs)
  const growth = measureGrowth(spans, nowMs)
  const storedBytesPerDay = growth === null ? null : storedPerDay(growth, settings.compression === null ? null : ratio)
  return {
    since: growth === null ? null : new Date(growth.fromMs).toISOString(),
    writtenBytesPerDay: roundedOrNull(growth?.writtenBytesPerDay, 0),
    storedBytesPerDay: roundedOrNull(storedBytesPerDay, 0),
    archivesPerDay: roundedOrNull(growth?.archivesPerDay, 4),
    days: bytesByDay(spans, nowMs, settings.timezone, daysShown)
  }
}

// What is plain today is compressed tomorrow: the ratio tells what stays of it.
function storedPerDay ({ writtenBytesPerDay, storedBytesPerDay }: Growth, ratio: number | null): number {
  return writtenBytesPerDay === null || ratio === null ? storedBytesPerDay : writtenBytesPerDay * ratio
}

function limitsOf ({ archives, active, freeBytes }: LogSurvey, { limits, bundle }: Settings, growth: GrowthStatus, nowMs: number): LimitsStatus {
  if (bundle !== null) return { count: null, age: null, totalSize: null, minFree: null }
  const count = archiveCount(archives)
  const bytes = sumOf(archives).bytes + (active?.bytes ?? 0)
  const oldest = archives[0]
  const oldestDays = oldest === undefined ? null : Math.max(0, nowMs - oldest.ageFromMs) / dayMs
  return {
    count: limits.count === Infinity
      ? null
      : { archivesMax: limits.count, archives: count, daysLeft: roundedOrNull(daysUntil(count, limits.count, growth.archivesPerDay), 2) },
    age: limits.ageMs === Infinity
      ? null
      : {
          daysMax: rounded(limits.ageMs / dayMs, 4),
          oldestDays: roundedOrNull(oldestDays, 2),
          daysLeft: oldestDays === null ? null : roundedOrNull(daysUntil(oldestDays, limits.ageMs / dayMs, 1), 2)
        },
    totalSize: limits.totalBytes === Infinity
      ? null
      : { bytesMax: limits.totalBytes, bytes, daysLeft: roundedOrNull(daysUntil(bytes, limits.totalBytes, growth.storedBytesPerDay), 2) },
    minFree: limits.freeBytesMin === 0
      ? null
      : {
          bytesMin: limits.freeBytesMin,
          freeBytes,
          daysLeft: freeBytes === null ? null : roundedOrNull(daysUntil(-freeBytes, -limits.freeBytesMin, growth.storedBytesPerDay), 2)
        }
  }
}

function daysUntilFull (freeBytes: number | null, limits: LimitsStatus, growth: GrowthStatus): number | null {
  if (freeBytes === null) return null
  const daysLeft = daysUntil(-freeBytes, 0, growth.storedBytesPerDay)
  const limitedFirst = nearestLimit(limits)
  return daysLeft === null || (limitedFirst !== null && limitedFirst.daysLeft <= daysLeft) ? null : rounded(daysLeft, 2)
}

function nearestLimit (limits: LimitsStatus): { reason: RemovalReason, daysLeft: number } | null {
  let nearest: { reason: RemovalReason, daysLeft: number } | null = null
  for (const reason of ['age', 'count', 'totalSize', 'minFree'] as const) {
    const daysLeft = limits[reason]?.daysLeft ?? null
    if (daysLeft !== null && (nearest === null || daysLeft < nearest.daysLeft)) nearest = { reason, daysLeft }
  }
  return nearest
}

function retentionOf (survey: LogSurvey, settings: Settings, limits: LimitsStatus, growth: GrowthStatus, nowMs: number): LogStatus['retention'] {
  const { archives, active, freeBytes } = survey
  if (settings.bundle !== null) return bundleRetentionOf(survey, settings.bundle, settings.timezone, nowMs)
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

// Bundles become too old at a known time; how many or how large they will be is not foretold.
function bundleRetentionOf ({ log, bundles: { directory, files }, freeBytes }: LogSurvey, bundling: Bundling, timezone: string, nowMs: number): LogStatus['retention'] {
  const shown = (next: NextRemoval): NextRemoval => ({ ...next, name: shownBelow(log, join(directory, next.name)) })
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

// The archive that makes one too many takes the oldest with it, one later than the one that reaches the limit.
function nextInTime (oldest: SurveyedArchive | undefined, limits: LimitsStatus, { archivesPerDay }: GrowthStatus): NextRemoval | null {
  const { count } = limits
  const daysLeft = count === null ? null : roundedOrNull(daysUntil(count.archives, count.archivesMax + 1, archivesPerDay), 2)
  const limit = nearestLimit({ ...limits, count: count === null ? null : { ...count, daysLeft } })
  if (oldest === undefined || limit === null) return null
  return { name: oldest.archive.name, bytes: oldest.bytes, ...limit }
}

function roundedOrNull (value: number | null | undefined, digits: number): number | null {
  return value === null || value === undefined ? null : rounded(value, digits)
}

function rounded (value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits
}
