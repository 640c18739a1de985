// Checks the clock against the files. A clock that was wrong once leaves names and times in the future.
import { anyZone, knownZone } from '../../policy/filters/line-window.js'
import { ageFrom } from '../../policy/retention/sweep-plan.js'
import { showInstant, showTime } from '../screen/units.js'
import { ok, problem, type Evidence, type Finding } from './finding.js'

/** A time before this program was written is wrong. */
const earliestMs = Date.UTC(2025, 0, 1)
const toleranceMs = 60_000
const remedy = 'set the clock by NTP (timedatectl)'
const stampRemedy = 'set the clock by NTP (timedatectl). Later archives continue that stamp, so that the order stays. Their age counts from the times of the files. To get names of today again, ' +
  'stop the application and rename those archives in their order, or move them to another folder'

/** Compares the clock with the files. */
export function checkClock ({ survey: { active, archives }, settings: { file, timezone }, isConfigured, nowMs }: Evidence): Finding[] {
  const shown = showInstant(new Date(nowMs).toISOString())
  if (nowMs < earliestMs) return [problem('clock', `it shows ${shown}`, 'set the clock by NTP (timedatectl)')]
  const found: Finding[] = []
  if (active !== null && active.modifiedMs > nowMs + toleranceMs) {
    found.push(problem('clock', `${file} was written ${showTime(active.modifiedMs - nowMs)} from now`, remedy))
  }
  // A date means the end of its day, which may be in the future.
  const doubtMs = toleranceMs + (isConfigured ? knownZone : anyZone).earlierMs
  const ahead = archives.filter(({ archive }) => ageFrom(archive, timezone) - (archive.stamp.length > 8 ? 0 : 26 * 3_600_000) > nowMs + doubtMs)
  const [first] = ahead
  if (first !== undefined) found.push(problem('clock', `${first.archive.name} is of ${showTime(ageFrom(first.archive, timezone) - nowMs)} from now${ahead.length > 1 ? `, and so are ${ahead.length - 1} after it` : ''}`, stampRemedy))
  return found.length > 0 ? found : [ok('clock', `it shows ${shown}; no file is newer`)]
}
