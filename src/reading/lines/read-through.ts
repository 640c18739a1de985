// Reads a file to its end, even if it is damaged: its lines, the damaged places, and the blocks whose headers contradict
// their lines. `verify` reads files like `cat` does.
import { contradicts } from '../../policy/blocks/header-proof.js'
import { usualTimeKeys } from '../../policy/lines/line-time.js'
import { asBuffer, Scanning, type BlockPlace } from '../scan/scan-task.js'
import { GzipHops, type GzipPlace } from './gzip-hops.js'
import type { OpenSource } from './line-source.js'
import { portionsOf, streamed, type Damage, type Portion } from './portions.js'

export type Finding =
  | { readonly kind: 'lines', readonly bytes: Buffer }
  | { readonly kind: 'damage', readonly damage: Damage }
  /** A block whose header does not say what its lines say, which may hide them from a search. */
  | { readonly kind: 'lie' }

const query = { conditions: [], window: null, timeKeys: usualTimeKeys }
const request = { query, ofAnyTime: true, maySkip: false }

/** Gives the lines of an open source in order, and what is wrong between them. */
export async function * readThrough (source: OpenSource): AsyncGenerator<Finding, void> {
  const scanning = new Scanning({ ...query, give: 'lines', grouping: null })
  for await (const portion of portionsOf(source, request)) {
    if (portion.kind !== 'task' || portion.task.kind !== 'block' || source.gzip === null) yield * findingOf(portion)
    else if (yield * readBlock(source, source.gzip, portion.task.block, scanning)) return
  }
}

// True if all the rest of the file was read too.
async function * readBlock (source: OpenSource, place: GzipPlace, block: BlockPlace, scanning: Scanning): AsyncGenerator<Finding, boolean> {
  const { position, memberBytes } = block
  const header = new GzipHops(place).headerAt(position)
  const answer = scanning.answer({ kind: 'block', block, ofAnyTime: true })
  if (answer.kind === 'found') {
    const bytes = asBuffer(answer.bytes)
    yield { kind: 'lines', bytes }
    if (header !== null && contradicts(header, bytes)) yield { kind: 'lie' }
    return false
  }
  const isTorn = answer.fault === 'torn'
  const to = isTorn ? Infinity : position + memberBytes
  if (isTorn) yield { kind: 'lie' }
  for await (const portion of streamed(source, { from: position, to }, request, isTorn ? null : header, to < place.to)) yield * findingOf(portion)
  return isTorn
}

function * findingOf (portion: Portion): Generator<Finding, void> {
  switch (portion.kind) {
    case 'task':
      if (portion.task.kind === 'lines') yield { kind: 'lines', bytes: asBuffer(portion.task.lines) }
      break
    case 'part':
      yield { kind: 'lines', bytes: portion.bytes }
      break
    case 'damage':
      yield portion
      break
    case 'skipped':
    case 'tooLong':
      // Only where lines are looked for.
  }
}
