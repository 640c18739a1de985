// How fast the log grows, in the form that users see.
import type { Settings } from '../../options/settings.js'
import { bytesByDay, daysShown, measureGrowth, type Growth } from './growth.js'
import { roundedOrNull } from './rounding.js'
import type { CompressionStatus, GrowthStatus } from './status-shape.js'
import type { SurveyedLog } from './survey.js'
import { spansOf } from './written-spans.js'

/** Measures the growth of the log up to now. */
export function growthStatus (survey: SurveyedLog, settings: Pick<Settings, 'compression' | 'timezone'>, { ratio }: CompressionStatus, nowMs: number): GrowthStatus {
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

// Plain archives will be compressed. The ratio predicts their size then.
function storedPerDay ({ writtenBytesPerDay, storedBytesPerDay }: Growth, ratio: number | null): number {
  return writtenBytesPerDay === null || ratio === null ? storedBytesPerDay : writtenBytesPerDay * ratio
}
