// Whether a block's header contradicts its lines. Such a header has a sound checksum, so only the lines can tell.
import { expect, test } from 'vitest'
import { parseBlockHeader, type BlockHeader } from '../../../src/policy/blocks/block-header.js'
import { BlockScan } from '../../../src/policy/blocks/block-scan.js'
import { contradicts } from '../../../src/policy/blocks/header-proof.js'

const line = (level: number, time: number, id: string): string => `{"level":${level},"time":${time},"id":"${id}"}\n`
const lines = Buffer.from(line(30, 1_759_312_800_000, 'abc') + line(50, 1_759_312_801_000, 'def'))

function headerOf (described: Buffer, index = ['id']): BlockHeader {
  const { format } = new BlockScan(index).describe(described)
  return parseBlockHeader(format({ packedBytes: 100, linesBytes: described.length, linesChecksum: 1 }))?.header ?? expect.fail('no header')
}

test('a header that was made from the lines contradicts none of them', () => {
  expect(contradicts(headerOf(lines), lines)).toBe(false)
  expect(contradicts(headerOf(lines, []), lines)).toBe(false)
})

test.each<[what: string, described: string]>([
  ['fewer lines', line(30, 1_759_312_800_000, 'abc')],
  ['another level', line(30, 1_759_312_800_000, 'abc') + line(40, 1_759_312_801_000, 'def')],
  ['another time', line(30, 1_759_312_800_000, 'abc') + line(50, 1_759_312_809_000, 'def')],
  ['a filter without a value of the lines', line(30, 1_759_312_800_000, 'abc') + line(50, 1_759_312_801_000, 'xyz')]
])('a header with %s contradicts them', (_what, described) => {
  expect(contradicts(headerOf(Buffer.from(described)), lines)).toBe(true)
})

test('a filter with more values than the lines have contradicts none', () => {
  const header = headerOf(lines)
  const wider = { ...header, filters: header.filters.map((filter) => ({ ...filter, bits: Buffer.from(filter.bits.map(() => 0xff)) })) }
  expect(contradicts(wider, lines)).toBe(false)
})
