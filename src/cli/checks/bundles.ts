// Why is a period not bundled? Looks for archives that should be in a bundle by now.
import { bundleCandidates, planBundles } from '../../policy/retention/bundle-plan.js'
import { requestedSweep } from '../../policy/retention/requested-sweep.js'
import { periodStart } from '../../policy/schedule/schedule.js'
import { showCount } from '../screen/units.js'
import { ok, problem, warning, type Evidence, type Finding } from './finding.js'

/** A sweep in a running application handles due work within this time, including retries. */
const graceMs = 5 * 60_000

/** Looks for archives of finished periods, if the options ask for bundles. */
export function checkBundles (evidence: Evidence): Finding[] {
  const { settings: { bundle, enabled }, survey: { archives, bundles } } = evidence
  if (bundle === null || !enabled) return []
  const found = overdue(evidence)
  const waiting = archives.length === 0 ? '' : `, ${showCount(archives.length, 'archive')} for later`
  return found.length > 0 ? found : [ok('bundles', `${showCount(bundles.files.length, 'bundle')}${waiting}`)]
}

function overdue ({ settings, survey, nowMs, writers, command }: Evidence): Finding[] {
  const { bundle: bundling, timezone } = settings
  if (bundling === null) return []
  const archives = bundleCandidates(requestedSweep(survey, settings, nowMs - graceMs), null)
  const { jobs } = planBundles({ archives, bundling, timezone, dueMs: periodStart(nowMs - graceMs, bundling.schedule) })
  if (jobs.length === 0) return []
  const count = jobs.reduce((sum, { members }) => sum + members.length, 0)
  const message = `${showCount(count, 'archive')} of ${jobs.map(({ stamp }) => stamp).join(', ')} ${count === 1 ? 'waits' : 'wait'} to be joined`
  return [writers.length === 0
    ? warning('bundles', `${message}: no running application will do it`, `the next start does it, or: ${command('bundle')}`)
    : problem('bundles', message, `see rights and locks below, and the "failed" events of the application; then: ${command('bundle')}`)]
}
