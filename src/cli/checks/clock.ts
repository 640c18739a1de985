// Whether the clock is believable, seen from the files: a clock that was wrong once leaves names and times in the future.
import { anyZone, knownZone } from '../../policy/lines/line-window.js'
import { showInstant, showTime } from '../screen/units.js'
import { ok, problem, type Evidence, type Finding } from './finding.js'

/** No clock is right that shows a time before this program was written. */
const earliestMs = Date.UTC(2025, 0, 1)
const toleranceMs = 60_000
const remedy = 'set the clock by NTP (timedatectl); archives of the future keep their order, and age only once that time comes'

/** Compares the clock with the files. */
export function checkClock ({ survey: { active, archives }, settings: { file }, isConfigured, nowMs }: Evidence): Finding[] {
  const shown = showInstant(new Date(nowMs).toISOString())
  if (nowMs < earliestMs) return [problem('clock', `it shows ${shown}`, 'set the clock by NTP (timedatectl)')]
  const found: Finding[] = []
  if (active !== null && active.modifiedMs > nowMs + toleranceMs) {
    found.push(problem('clock', `${file} was written ${showTime(active.modifiedMs - nowMs)} from now`, remedy))
  }
  // A date stands for the end of its day, which may be to come.
  const doubtMs = toleranceMs + (isConfigured ? knownZone : anyZone).earlierMs
  const newest = archives.findLast(({ archive, ageFromMs }) => ageFromMs - (archive.stamp.length > 8 ? 0 : 26 * 3_600_000) > nowMs + doubtMs)
  if (newest !== undefined) found.push(problem('clock', `${newest.archive.name} is of ${showTime(newest.ageFromMs - nowMs)} from now`, remedy))
  return found.length > 0 ? found : [ok('clock', `it shows ${shown}; no file is newer`)]
}
