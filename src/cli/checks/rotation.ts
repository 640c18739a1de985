// Why does it not rotate? Compares the active file with its size limit and its period.
import type { RenameObstacle } from '../../disk/rights/rename-obstacle.js'
import { remedyOf } from '../../policy/remedy.js'
import { nextBoundary, periodStart } from '../../policy/schedule/schedule.js'
import { showBytes, showInstant } from '../screen/units.js'
import { ok, problem, warning, type Evidence, type Finding } from './finding.js'

/** A file in use may be past its boundary for as long as a retry takes. */
const graceMs = 10_000

/** Compares the active file with the causes of a rotation. */
export function checkRotation (evidence: Evidence): Finding[] {
  const { survey: { active }, settings: { enabled } } = evidence
  if (!enabled) return []
  if (active === null) return [warning('rotation', 'there is no active file: it was moved or removed, and no process writes to it', 'start the application, which creates it')]
  if (evidence.renameObstacle !== null) return [impossible(evidence.renameObstacle)]
  const found = [...beyondSize(evidence, active.bytes), ...beyondPeriod(evidence, active.bytes, active.modifiedMs)]
  return found.length > 0 ? found : [ok('rotation', state(evidence, active.bytes))]
}

function impossible ({ call, code, reason }: RenameObstacle): Finding {
  return problem('rotation', `no rotation can replace the active file (${call}: ${code}): ${reason}`, remedyOf(code) ?? 'mount its folder instead')
}

function beyondSize ({ settings: { fileBytesMax }, writers, command }: Evidence, bytes: number): Finding[] {
  if (bytes <= fileBytesMax) return []
  const message = `the active file has ${showBytes(bytes)}, more than "size" (${showBytes(fileBytesMax)})`
  return [writers.length === 0
    ? warning('rotation', `${message}, and no process writes to it`, `the next logged line rotates it, or: ${command('rotate')}`)
    : problem('rotation', `${message}, although it is being written`, `see rights, space and writers below; then: ${command('rotate')}`)]
}

function beyondPeriod ({ settings: { rotation }, nowMs, writers, command }: Evidence, bytes: number, modifiedMs: number): Finding[] {
  if (rotation === null || bytes === 0) return []
  const boundaryMs = periodStart(nowMs, rotation)
  if (modifiedMs >= boundaryMs || nowMs - boundaryMs < graceMs) return []
  const message = `the boundary at ${showInstant(new Date(boundaryMs).toISOString())} has passed, and the active file began before it`
  return [writers.length === 0
    ? warning('rotation', `${message}, but no process writes to it`, `the next start rotates it, or: ${command('rotate')}`)
    : problem('rotation', `${message}, although an application has it open`, `see rights, space and locks below; then: ${command('rotate')}`)]
}

function state ({ settings: { fileBytesMax, rotation }, nowMs }: Evidence, bytes: number): string {
  const size = fileBytesMax === Infinity ? '' : ` of ${showBytes(fileBytesMax)}`
  const boundary = rotation === null ? '' : `, next boundary ${showInstant(new Date(nextBoundary(nowMs, rotation)).toISOString())}`
  return `the active file has ${showBytes(bytes)}${size}${boundary}`
}
