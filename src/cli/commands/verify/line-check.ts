// What `verify` finds wrong with the lines of one archive. Damage in one block costs that block: what comes after it is checked too.
import { LineTally } from '../../../policy/lines/line-tally.js'
import type { OpenSource } from '../../../reading/lines/line-source.js'
import { readThrough } from '../../../reading/lines/read-through.js'
import type { Damage } from '../../../reading/lines/portions.js'
import { breaksOff, lostLines } from '../../screen/trouble.js'
import { showBytes, showCount } from '../../screen/units.js'

export type FaultKind = 'truncated' | 'corrupt' | 'empty' | 'torn' | 'doubled' | 'gap' | 'unreadable'

export interface FaultFound {
  readonly kind: FaultKind
  readonly message: string
}

export interface CheckedLines {
  readonly faults: readonly FaultFound[]
  readonly lines: number
  readonly bytes: number
}

/** More are counted, not told one by one. */
const damagesToldMax = 20

/** Reads all lines of the source. `expectedBytes`: how many bytes of lines it must have; null if any number is right. */
export async function checkLines (source: OpenSource, expectedBytes: number | null): Promise<CheckedLines> {
  const tally = new LineTally()
  const faults: FaultFound[] = []
  let damages = 0
  let lies = 0
  for await (const finding of readThrough(source)) {
    if (finding.kind === 'lines') tally.add(finding.bytes)
    else if (finding.kind === 'lie') lies++
    else if (++damages <= damagesToldMax) faults.push(faultOfDamage(finding.damage, tally))
  }
  if (damages > damagesToldMax) faults.push({ kind: 'corrupt', message: `is damaged in ${showCount(damages - damagesToldMax, 'more place')}` })
  if (lies > 0) faults.push({ kind: 'corrupt', message: `${showCount(lies, 'block')} ${lies === 1 ? 'has a header that does' : 'have headers that do'} not say what ${lies === 1 ? 'its' : 'their'} lines say, so a search may miss lines there` })
  const ofLines = damages === 0 ? faultsOfLines(tally, expectedBytes) : []
  return { faults: [...faults, ...ofLines], lines: tally.lines, bytes: tally.bytes }
}

function faultOfDamage (damage: Damage, { lines, bytes }: LineTally): FaultFound {
  const { error, header, goesOn } = damage
  if (error.code === 'ERR_ROTOR_COPY_EMPTY') return { kind: 'empty', message: 'has no bytes' }
  const saved = bytes === 0 ? `nothing ${goesOn ? 'before that' : 'of it'} can be read` : `${showCount(lines, 'line')} before that can be read`
  const rest = header !== null ? lostLines(header, damage) : goesOn ? `${saved}, and what comes after it` : saved
  return breaksOff(damage) ? { kind: 'truncated', message: `breaks off: ${rest}` } : { kind: 'corrupt', message: `is damaged: ${rest}` }
}

function faultsOfLines ({ lines, bytes, endsTorn, tornLines }: LineTally, expectedBytes: number | null): FaultFound[] {
  if (expectedBytes !== null && bytes !== expectedBytes) return [{ kind: 'corrupt', message: `has ${showBytes(bytes)} instead of ${showBytes(expectedBytes)}` }]
  if (bytes === 0) return [{ kind: 'empty', message: 'has no lines' }]
  if (endsTorn) return [{ kind: 'torn', message: `its last line is cut off, after ${showCount(lines, 'line')}` }]
  return tornLines === 0 ? [] : [{ kind: 'torn', message: `${showCount(tornLines, 'line')} of ${lines} begin as JSON and do not end so` }]
}
