// Makes the input of a requested sweep, in which every archive is settled. Commands use it to find what is due.
import type { Settings } from '../../options/settings.js'
import type { SurveyedLog } from '../status/survey.js'
import type { SweepInput } from './sweep-plan.js'

/** Makes the input for a sweep of the surveyed log, requested now. */
export function requestedSweep ({ archives, active, freeBytes }: SurveyedLog, settings: Settings, nowMs: number): SweepInput {
  return {
    archives: archives.map((found) => ({ ...found, settled: true })),
    activeBytes: active?.bytes ?? 0,
    freeBytes: freeBytes ?? Infinity,
    settings,
    urgent: false,
    nowMs,
    trustedNowMs: nowMs,
    deferredUntilMs: nowMs,
    holds: []
  }
}
