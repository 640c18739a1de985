// Why does it not compress? Looks for plain archives that should be compressed by now.
import { requestedSweep } from '../../policy/retention/requested-sweep.js'
import { planSweep } from '../../policy/retention/sweep-plan.js'
import { periodStart } from '../../policy/schedule/schedule.js'
import { showBytes, showCount, showTime } from '../screen/units.js'
import { ok, problem, warning, type Evidence, type Finding } from './finding.js'

/** A sweep in a running application handles due work within this time, including retries. */
const graceMs = 5 * 60_000

/** Looks for overdue compressions, and for their obstacles. */
export function checkCompression (evidence: Evidence): Finding[] {
  const { settings: { compression, enabled }, survey: { archives } } = evidence
  if (!enabled) return []
  const plain = archives.filter(({ archive }) => archive.suffix === '')
  if (compression === null) {
    return plain.length === 0
      ? [ok('compression', '"compress" is false: archives stay plain')]
      : [warning('compression', `"compress" is false: ${showCount(plain.length, 'archive')} ${plain.length === 1 ? 'stays' : 'stay'} plain`, 'set "compress" to "gzip" if that is not intended')]
  }
  const found = [...overdue(evidence), ...noRoom(evidence)]
  if (found.length > 0) return found
  return [ok('compression', plain.length === 0 ? 'no archive waits for it' : `${showCount(plain.length, 'archive')} ${plain.length === 1 ? 'waits' : 'wait'}, none for too long`)]
}

function overdue ({ settings, survey, nowMs, writers, command }: Evidence): Finding[] {
  const { archives } = survey
  const { compressions } = planSweep({
    ...requestedSweep(survey, settings, nowMs - graceMs),
    freeBytes: Infinity,
    deferredUntilMs: periodStart(nowMs - graceMs, settings.sweep)
  })
  const waiting = archives.filter(({ archive, rotatedAtMs }) => rotatedAtMs <= nowMs - graceMs && compressions.some(({ name }) => name === archive.name))
  if (waiting.length === 0) return []
  const oldestMs = waiting.reduce((leastMs, { rotatedAtMs }) => Math.min(leastMs, rotatedAtMs), Infinity)
  const message = `${showCount(waiting.length, 'archive')} ${waiting.length === 1 ? 'is' : 'are'} still plain, the oldest for ${showTime(nowMs - oldestMs)}`
  return [writers.length === 0
    ? warning('compression', `${message}: no running application will compress`, `the next start does it, or: ${command('sweep')}`)
    : problem('compression', message, `see rights, space and locks below, and the "failed" events of the application; then: ${command('sweep')}`)]
}

function noRoom ({ survey: { archives, freeBytes } }: Evidence): Finding[] {
  const largestBytes = archives.reduce((mostBytes, { archive, bytes }) => archive.suffix === '' ? Math.max(mostBytes, bytes) : mostBytes, 0)
  if (freeBytes === null || freeBytes >= largestBytes) return []
  return [problem('compression', `${showBytes(freeBytes)} are free, but the copy of an archive of ${showBytes(largestBytes)} may need more`, 'make room on the disk, or lower "limit"')]
}
