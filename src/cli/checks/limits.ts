// Why are there too many files? Looks for archives beyond the limits, lifted limits, and files that no limit counts.
import { planBundleRemovals } from '../../policy/retention/bundle-plan.js'
import { planRemovals, type Removal } from '../../policy/retention/retention.js'
import { showBytes, showCount } from '../screen/units.js'
import { ok, problem, warning, type Evidence, type Finding } from './finding.js'

const namesShown = 3

/** Looks for files that retention should have removed, and for those that it cannot remove. */
export function checkLimits (evidence: Evidence): Finding[] {
  if (!evidence.settings.enabled) return []
  const { settings: { bundle }, survey: { archives, bundles } } = evidence
  const found = [...beyond(evidence), ...unbounded(evidence), ...notOurs(evidence), ...rotatedElsewhere(evidence)]
  if (found.length > 0) return found
  return [ok('limits', bundle === null ? `${showCount(archives.length, 'archive')}, all within their limits` : `${showCount(bundles.files.length, 'bundle')}, all within their limits; an archive is removed only after it is in one`)]
}

function beyond (evidence: Evidence): Finding[] {
  const { settings: { bundle }, isConfigured, writers, command } = evidence
  const removals = removalsDue(evidence)
  if (removals.length === 0) return []
  const reasons = [...new Set(removals.map(({ reason }) => `"${bundle === null ? '' : 'bundle.'}limit.${reason}"`))].join(', ')
  const bytes = removals.reduce((sum, { stored }) => sum + stored.bytes, 0)
  const message = `${showCount(removals.length, bundle === null ? 'archive' : 'bundle')} (${showBytes(bytes)}) ${removals.length === 1 ? 'is' : 'are'} beyond ${reasons}`
  // Without the application's own limits it is unknown whether they should have been removed.
  if (!isConfigured) return [warning('limits', `${message} of the default options`, `run it with --config; a sweep would remove them: ${command('sweep')} --dry-run`)]
  return [writers.length === 0
    ? warning('limits', `${message}: no running application will remove them`, `the next start does it, or: ${command('sweep')}`)
    : problem('limits', message, `see rights and locks below, and the "failed" events of the application; then: ${command('sweep')}`)]
}

function removalsDue ({ settings: { limits, bundle, timezone }, survey: { archives, active, bundles, freeBytes }, nowMs }: Evidence): Removal[] {
  const free = freeBytes ?? Infinity
  if (bundle !== null) return planBundleRemovals(bundles.files, bundle, timezone, nowMs, free)
  return planRemovals({ archives, activeBytes: active?.bytes ?? 0, freeBytes: free, limits, nowMs })
}

// Bundles are made to be kept, for ever by default.
function unbounded ({ settings: { limits, bundle } }: Evidence): Finding[] {
  if (bundle !== null) return []
  const isBounded = limits.count !== Infinity || limits.ageMs !== Infinity || limits.totalBytes !== Infinity || limits.freeBytesMin > 0
  return isBounded ? [] : [warning('limits', 'every limit is lifted: nothing keeps the disk from filling up', 'set "limit.count", "limit.age", "limit.totalSize" or "limit.minFree"')]
}

function rotatedElsewhere ({ foreign }: Evidence): Finding[] {
  if (foreign.length === 0) return []
  const names = foreign.slice(0, namesShown).map(({ name }) => name).join(', ') + (foreign.length > namesShown ? ', …' : '')
  const bytes = foreign.reduce((sum, file) => sum + file.bytes, 0)
  return [warning('limits', `another tool rotated ${showCount(foreign.length, 'file')} (${showBytes(bytes)}), which no limit counts or removes: ${names}`,
    'if logrotate or the like still rotates this file, switch it off; cat reads these files, and you may remove them by hand')]
}

function notOurs ({ lookAlikes }: Evidence): Finding[] {
  if (lookAlikes.length === 0) return []
  const names = lookAlikes.slice(0, namesShown).join(', ') + (lookAlikes.length > namesShown ? ', …' : '')
  return [warning('limits', `${showCount(lookAlikes.length, 'name')} ${lookAlikes.length === 1 ? 'looks' : 'look'} like this log's but ${lookAlikes.length === 1 ? 'is not' : 'are not'}; no limit counts or removes ${lookAlikes.length === 1 ? 'it' : 'them'}: ${names}`, 'move or remove them by hand')]
}
