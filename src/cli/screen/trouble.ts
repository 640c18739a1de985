// The messages on stderr about missing lines.
import type { Trouble } from '../../reading/lines/line-reader.js'
import { errnoOf } from '../../disk/errno.js'
import { lineBytesMax } from '../../reading/lines/line-cutter.js'
import type { BlockHeader } from '../../policy/blocks/block-header.js'
import type { Damage } from '../../reading/lines/portions.js'
import { PatternTimeoutError } from '../../reading/scan/scan-pool.js'
import { describeFailure } from '../call/failure.js'
import { showBytes, showCount } from './units.js'

/** Says in a sentence which lines are missing and why. */
export function describeTrouble (trouble: Trouble): string {
  switch (trouble.kind) {
    case 'unreadable': return unread(trouble.source.name, trouble.error)
    case 'tooLong': return `${trouble.source.name} has a line of more than ${showBytes(lineBytesMax)}, which was not checked`
    case 'damage': return `${trouble.damage.error.message}; ${missing(trouble.damage)}`
  }
}

// Not every error names the file. That of a regular expression is none of the file.
function unread (name: string, error: unknown): string {
  const failure = describeFailure(error).line
  return failure.includes(name) || error instanceof PatternTimeoutError ? failure : `${name} was not read: ${failure}`
}

function missing (damage: Damage): string {
  const { header, cutBytes, goesOn } = damage
  if (header !== null) return `${lostLines(header, damage)}; the lines ${goesOn ? 'before and after it' : 'before it'} are printed`
  const before = cutBytes === 0 ? 'every whole line before that is printed' : `the lines before that are printed, except the last one, which is cut after ${showBytes(cutBytes)}`
  return goesOn ? `${before}, and so are the lines after the damage` : before
}

/** Says which lines of a damaged block are lost, by its header. Damage can also unpack to as many lines, of which some are wrong. */
export function lostLines ({ lines, times }: BlockHeader, damage: Damage): string {
  const { savedLines } = damage
  const lost = lines - savedLines
  if (lost <= 0) return `some of the ${showCount(lines, 'line')} in one block are garbled${spanOf(times)}`
  const others = savedLines === 0 || breaksOff(damage) ? '' : ', and others may be garbled'
  return `${showCount(lost, 'line')} of ${lines} in one block ${lost === 1 ? 'is' : 'are'} missing${others}${spanOf(times)}`
}

/** Whether the file ends too early. What is before its end is as it was written. */
export function breaksOff ({ error, goesOn }: Damage): boolean {
  return errnoOf(error.cause) === 'Z_BUF_ERROR' && !goesOn
}

function spanOf (times: { readonly firstMs: number, readonly lastMs: number } | null): string {
  const [first, last] = [times?.firstMs, times?.lastMs].map((atMs) => atMs === undefined || Math.abs(atMs) > 8.64e15 ? null : new Date(atMs).toISOString().slice(0, 19))
  return first === null || first === undefined || last === null || last === undefined ? '' : `, from ${first}Z to ${last}Z`
}
