// The status of a log: a survey of its files, put into the shape that users see.
import type { Settings } from '../../options/settings.js'
import { bundleEnd, bundleStampOf } from '../names/bundle-name.js'
import { compressionStatus } from './compression-status.js'
import { archiveFacts, filesOf, sumOf, sumsByKind } from './file-sums.js'
import { growthStatus } from './growth-status.js'
import { diskStatus, limitsStatus } from './limits-status.js'
import { retentionStatus } from './retention-status.js'
import type { BundlesStatus, FailingStatus, LogStatus, OptionsSource } from './status-shape.js'
import type { SurveyedFailure, SurveyedLog } from './survey.js'

const largestShown = 5

/** Sums up what a survey found. */
export function statusOf (survey: SurveyedLog, settings: Settings, nowMs: number, from: OptionsSource): LogStatus {
  const { active, archives, unfinished } = survey
  const files = filesOf(survey)
  const compression = compressionStatus(archives)
  const growth = growthStatus(survey, settings, compression, nowMs)
  const limits = limitsStatus(survey, settings, growth, nowMs, from)
  return {
    file: settings.file,
    checkedAt: new Date(nowMs).toISOString(),
    total: sumOf(files),
    kinds: sumsByKind(files),
    largest: [...files].sort((a, b) => b.bytes - a.bytes).slice(0, largestShown),
    oldest: archiveFacts(archives[0]),
    newest: archiveFacts(archives.at(-1)),
    lastWrittenAt: active === null ? null : new Date(active.modifiedMs).toISOString(),
    bundles: bundlesStatus(survey, settings, nowMs),
    compression,
    growth,
    limits,
    disk: diskStatus(survey, limits, growth),
    retention: retentionStatus(survey, settings, limits, growth, nowMs),
    leftovers: unfinished.filter(({ inWork }) => !inWork).map(({ name }) => name).sort(),
    ...survey.failures.length > 0 && { failing: survey.failures.map(failingStatus) }
  }
}

function failingStatus ({ pid, step, code, message, path, sinceMs }: SurveyedFailure): FailingStatus {
  return { pid, step, code, message, path, since: new Date(sinceMs).toISOString() }
}

function bundlesStatus ({ bundles: { directory, refused }, archives }: SurveyedLog, { bundle, timezone }: Settings, nowMs: number): BundlesStatus {
  if (bundle === null) return { directory, refused, waiting: null }
  const over = archives.filter(({ archive: { stamp } }) => bundleEnd(bundleStampOf(stamp, bundle.period), timezone) <= nowMs)
  return { directory, refused, waiting: sumOf(over) }
}
