// Checks whether a block's header agrees with its lines. A reader does not trust a header, but a wrong header can hide
// lines from it.
import { parseBlockHeader, type BlockFacts, type BlockHeader } from './block-header.js'
import { BlockScan } from './block-scan.js'
import type { FieldFilter } from './value-filter.js'

/** The writer describes only the beginning of a longer line. */
const describedBytesMax = 1024 * 1024

/** Whether the header contradicts these lines, which are all lines of its block. */
export function contradicts (header: BlockHeader, lines: Buffer): boolean {
  if (lines.length > describedBytesMax) return false
  const scan = new BlockScan(header.filters.map(({ field }) => field))
  const { bytes, format } = scan.describe(lines)
  // Filters with more values than a block of this version may have are not checked.
  if (bytes < lines.length) return false
  const packedBytes = header.memberBytes
  const told = parseBlockHeader(format({ packedBytes, linesBytes: header.linesBytes, linesChecksum: header.linesChecksum }))?.header
  return told !== undefined && (textOf(told) !== textOf(header) || told.filters.some((filter, index) => denies(header.filters[index], filter)))
}

function textOf ({ lines, times, linesOfUnclearTime, levels, linesOfUnclearLevel }: BlockFacts): string {
  return JSON.stringify([lines, times, linesOfUnclearTime, levels, linesOfUnclearLevel])
}

// Filters of another length come from another writer, and cannot be compared bit by bit.
function denies (said: FieldFilter | undefined, told: FieldFilter): boolean {
  return said !== undefined && said.bits.length === told.bits.length && told.bits.some((bits, index) => (bits & ~(said.bits[index] ?? 0)) !== 0)
}
