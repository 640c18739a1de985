// Finds options that contradict each other, or keep less than they seem to.
import type { Schedule } from '../../options/settings.js'
import { nextBoundary } from '../../policy/schedule/schedule.js'
import { showBytes, showTime } from '../screen/units.js'
import { ok, problem, warning, type Evidence, type Finding } from './finding.js'

/** Lists options that cannot work, or not as they read. */
export function checkOptions (evidence: Evidence): Finding[] {
  const { settings: { enabled }, isConfigured } = evidence
  const found = [...switchedOff(evidence), ...enabled ? contradictions(evidence) : []]
  if (!isConfigured) {
    return [...found, warning('options', 'the default options were checked', 'give --config PATH, so that the application\'s own options are checked')]
  }
  return found.length > 0 ? found : [ok('options', 'they are valid and fit together')]
}

function switchedOff ({ settings: { enabled } }: Evidence): Finding[] {
  return enabled ? [] : [problem('options', '"enabled" is false: nothing is rotated, compressed or removed', 'set "enabled" to true, or leave it out')]
}

function contradictions ({ settings, nowMs }: Evidence): Finding[] {
  const { fileBytesMax, rotation, compression, limits, sweep } = settings
  const found: Finding[] = []
  if (fileBytesMax === Infinity && rotation === null) {
    found.push(problem('options', '"size" and "frequency" are both false: nothing ever rotates', 'set "size", "frequency" or both'))
  }
  if (fileBytesMax !== Infinity && limits.totalBytes < fileBytesMax) {
    found.push(problem('options', `"limit.totalSize" (${showBytes(limits.totalBytes)}) is less than "size" (${showBytes(fileBytesMax)}): the active file alone may exceed it, and every archive is removed`,
      'make "size" a fraction of "limit.totalSize"'))
  }
  if (compression !== null && compression.after !== 'sweep' && compression.after.delayMs >= limits.ageMs) {
    found.push(problem('options', '"compress.after" is as long as "limit.age": archives are removed before they are compressed', 'make "compress.after" shorter'))
  }
  if (sweep.kind === 'interval' && sweep.everyMs > limits.ageMs) {
    found.push(warning('options', `"sweep" runs every ${showTime(sweep.everyMs)}, less often than "limit.age" (${showTime(limits.ageMs)}) needs`, 'make "sweep" shorter than "limit.age"'))
  }
  return rotation === null ? found : [...found, ...shortHistory(rotation, limits, nowMs)]
}

function shortHistory (rotation: Schedule, { count, ageMs }: Evidence['settings']['limits'], nowMs: number): Finding[] {
  const boundaryMs = nextBoundary(nowMs, rotation)
  const keptMs = count * (nextBoundary(boundaryMs, rotation) - boundaryMs)
  if (count === Infinity || ageMs === Infinity || !(keptMs < ageMs / 10)) return []
  return [warning('options', `"limit.count" ${count} keeps ${showTime(keptMs)} at this "frequency", although "limit.age" is ${showTime(ageMs)}`,
    'raise "limit.count", or set it to false, so that only the age decides')]
}
