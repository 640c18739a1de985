// Splits a source into portions: blocks to unpack and search, chunks of lines to search, and reports about the rest. If a
// file is not what its headers say, its lines are read like those of any gzip file.
import type { CompressError } from '../../disk/compress/compress-error.js'
import { wholeFile, type Stretch } from '../../disk/compress/codec.js'
import { BlockChoice } from '../../policy/blocks/block-choice.js'
import type { BlockHeader } from '../../policy/blocks/block-header.js'
import type { LineQuery } from '../../policy/filters/line-scan.js'
import { blockLinesBytesMax, type BlockPlace, type ScanTask } from '../scan/scan-task.js'
import { GzipHops, type Block, type GzipPlace } from './gzip-hops.js'
import { handedOver } from './handed-over.js'
import { LineCutter, type Cut } from './line-cutter.js'
import type { OpenSource, Take } from './line-source.js'

export interface Damage {
  readonly error: CompressError
  /** The length of the line that is cut by the damage and left out. */
  readonly cutBytes: number
  /** What the block's header says about the missing lines; null if there is no header. */
  readonly header: BlockHeader | null
  /** How many lines of the block were read before the damage. */
  readonly savedLines: number
  /** Whether more lines of the same file follow. */
  readonly goesOn: boolean
}

export type Portion =
  /** `at` is where its lines begin, in bytes of the file's lines. */
  | { readonly kind: 'task', readonly task: ScanTask, readonly at: number }
  /** Blocks without matching lines; see Choice. */
  | { readonly kind: 'skipped', readonly endsWanted: boolean | null }
  | Exclude<Cut, { kind: 'lines' }>
  | { readonly kind: 'damage', readonly damage: Damage }

type Skipped = Extract<Portion, { kind: 'skipped' }>

export interface PortionRequest {
  readonly query: LineQuery
  /** Whether all lines are known to be in the window. */
  readonly ofAnyTime: boolean
  /** Whether blocks may be skipped. They may not if lines around hits are included. */
  readonly maySkip: boolean
  /** Where to begin, in bytes of the file's lines. A line before it may be read too. */
  readonly fromOffset?: number
}

/** A block with more packed bytes is read in pieces. */
const blockPackedBytesMax = 4 * 1024 * 1024

/** Splits an open source, in the order of its lines. */
export async function * portionsOf (source: OpenSource, request: PortionRequest): AsyncGenerator<Portion, void> {
  const { fromOffset = 0 } = request
  const { plain } = source
  if (plain !== null && fromOffset > 0) yield * streamed(source, { from: Math.min(plain.to, plain.from + fromOffset), to: plain.to }, request, null, false, fromOffset)
  else if (source.gzip === null) yield * streamed(source, wholeFile, request, null)
  else yield * blockwise(source, source.gzip, request)
}

async function * blockwise (source: OpenSource, place: GzipPlace, request: PortionRequest): AsyncGenerator<Portion, void> {
  const hops = new GzipHops(place)
  const choice = request.maySkip ? new BlockChoice(request.ofAnyTime ? { ...request.query, window: null } : request.query) : null
  // An empty file is no archive. Reading it reports that.
  if (place.from >= place.to) yield * streamed(source, wholeFile, request, null)
  const { fromOffset = 0 } = request
  let skipped: Skipped | null = null
  for (let position = place.from, at = 0; position < place.to;) {
    const block = hops.blockAt(position)
    const linesEnd = at + (block?.header.linesBytes ?? 0)
    const end = block === null ? hops.find(position + 1) : position + block.header.memberBytes
    const chosen = block === null || linesEnd <= fromOffset ? null : choice?.of(block.header) ?? null
    if (skipped !== null && chosen?.unpack !== false) {
      yield skipped
      skipped = null
    }
    if (block !== null && linesEnd <= fromOffset) choice?.of(block.header)
    else if (chosen?.unpack === false) skipped = alsoSkipped(skipped, chosen.endsWanted)
    else if (block !== null && isSmall(block)) yield { kind: 'task', task: { kind: 'block', block: placeOf(block, place), ofAnyTime: request.ofAnyTime }, at }
    else yield * streamed(source, { from: position, to: end }, request, block?.header ?? hops.headerAt(position), end < place.to, at)
    position = end
    at = linesEnd
  }
  if (skipped !== null) yield skipped
}

function alsoSkipped (before: Skipped | null, endsWanted: boolean | null): Skipped {
  return { kind: 'skipped', endsWanted: endsWanted ?? before?.endsWanted ?? null }
}

/** Reads a stretch of a source from its beginning, piece by piece, as far as possible. */
export async function * streamed (source: Pick<OpenSource, 'read'>, stretch: Stretch, { ofAnyTime, query }: PortionRequest, header: BlockHeader | null, goesOn = false, at = 0): AsyncGenerator<Portion, void> {
  const cutter = new LineCutter(query.conditions.length > 0, at)
  let savedLines = 0
  const pieces = handedOver(async (take: Take) => await source.read(take, stretch))
  try {
    let next = await pieces.next()
    for (; next.done !== true; next = await pieces.next()) {
      if (header !== null) savedLines += newlinesIn(next.value)
      yield * portionsOfCuts(cutter.add(next.value), ofAnyTime)
    }
    const error = next.value
    if (error === null) yield * portionsOfCuts(cutter.end(), ofAnyTime)
    else yield { kind: 'damage', damage: { error, cutBytes: cutter.breakOff(), header, savedLines, goesOn } }
  } finally {
    await pieces.return(null)
  }
}

/** The portions of cuts. Lines become tasks. */
function * portionsOfCuts (cuts: Iterable<Cut>, ofAnyTime: boolean): Generator<Portion, void> {
  for (const cut of cuts) yield cut.kind === 'lines' ? { kind: 'task', task: { kind: 'lines', lines: cut.lines, ofAnyTime }, at: cut.at } : cut
}

function newlinesIn (piece: Buffer): number {
  let count = 0
  for (let at = piece.indexOf(0x0a); at !== -1; at = piece.indexOf(0x0a, at + 1)) count++
  return count
}

function isSmall ({ header: { memberBytes, linesBytes } }: Block): boolean {
  return linesBytes <= blockLinesBytesMax && memberBytes <= blockPackedBytesMax
}

function placeOf ({ position, header: { memberBytes, linesBytes } }: Block, { descriptor, to }: GzipPlace): BlockPlace {
  return { descriptor, position, memberBytes, linesBytes, isLast: position + memberBytes === to }
}
