// What a sweep on request goes by, once every archive is settled. Commands decide by it what is due.
import type { Settings } from '../../options/settings.js'
import type { SurveyedLog } from '../status/survey.js'
import type { SweepInput } from './sweep-plan.js'

/** The input of a sweep of what was surveyed, asked for now. */
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
