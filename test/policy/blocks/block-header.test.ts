// The header of a block: what is written is read again, and whatever else stands in a file is no header.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { crc32 } from '../../../src/platform/crc32.js'
import { blockHeaderBytes, filterBytesMax, formatBlockHeader, headerBytesMax, headerStartBytes, levelsMax, parseBlockHeader, timeKeys, type BlockHeader } from '../../../src/policy/blocks/block-header.js'
import { formatMarker } from '../../../src/disk/bundle/bundle-marker.js'

const counted = fc.record({
  timed: fc.nat(1000), otherTimes: fc.nat(1000), leveled: fc.array(fc.record({ level: fc.nat(65_535), lines: fc.integer({ min: 1, max: 100 }) }), { maxLength: levelsMax }), unclearLevels: fc.nat(1000)
})
const time = fc.double({ noNaN: true, noDefaultInfinity: true })
const filters = fc.uniqueArray(fc.record({ field: fc.string({ unit: 'grapheme', maxLength: 20 }), bits: fc.uint8Array({ maxLength: 200 }) }), { maxLength: 4, selector: ({ field }) => field })

const headers: fc.Arbitrary<BlockHeader> = fc.tuple(counted, fc.constantFrom(...timeKeys), fc.tuple(time, time, time, time), filters, fc.nat(2 ** 31), fc.nat(2 ** 32 - 1))
  .map(([{ timed, otherTimes, leveled, unclearLevels }, key, times, filters, moreBytes, linesChecksum]) => {
    const levels = [...new Map(leveled.map((count) => [count.level, count])).values()].sort((a, b) => a.level - b.level)
    const lines = timed + otherTimes + unclearLevels + levels.reduce((sum, { lines }) => sum + lines, 0)
    const [earliestMs = 0, firstMs = 0, lastMs = 0, latestMs = 0] = times.sort((a, b) => a - b)
    return {
      lines,
      linesChecksum,
      levels,
      times: timed === 0 ? null : { key, lines: timed, firstMs, lastMs, earliestMs, latestMs },
      linesOfUnclearTime: otherTimes,
      linesOfUnclearLevel: unclearLevels,
      filters: filters.map(({ field, bits }) => ({ field, bits: Buffer.from(bits) })),
      memberBytes: headerBytesMax + 10 + lines + moreBytes,
      linesBytes: lines === 0 ? 0 : lines + moreBytes
    }
  })

const example: BlockHeader = {
  memberBytes: 5000,
  linesBytes: 20_000,
  linesChecksum: 7,
  lines: 100,
  times: { key: 'time', lines: 90, firstMs: 5, lastMs: 7, earliestMs: 4, latestMs: 9 },
  linesOfUnclearTime: 4,
  levels: [{ level: 30, lines: 80 }, { level: 50, lines: 3 }],
  linesOfUnclearLevel: 2,
  filters: [{ field: 'reqId', bits: Buffer.alloc(16, 1) }]
}

test('reads every written header again', () => {
  fc.assert(fc.property(headers, fc.uint8Array({ maxLength: 50 }), (header, after) => {
    const written = formatBlockHeader(header)
    expect(blockHeaderBytes(written.subarray(0, headerStartBytes))).toBe(written.length)
    expect(parseBlockHeader(Buffer.concat([written, after]))).toEqual({ header, headerBytes: written.length })
  }))
})

test('the length does not depend on that of the member and its lines', () => {
  expect(formatBlockHeader({ ...example, memberBytes: 0, linesBytes: 0, linesChecksum: 0 })).toHaveLength(formatBlockHeader(example).length)
})

test('filters as large as may be fit beside the most levels and the longest names', () => {
  const levels = Array.from({ length: levelsMax }, (_, level) => ({ level, lines: 1 }))
  const filters = ['a', 'b', 'c', 'd'].map((letter, index) => ({ field: letter.repeat(255), bits: Buffer.alloc(index === 0 ? filterBytesMax : 0) }))
  const written = formatBlockHeader({ ...example, levels, filters, memberBytes: 80_000 })
  expect(written.length).toBeLessThanOrEqual(headerBytesMax)
  expect(parseBlockHeader(written)?.header.filters).toEqual(filters)
})

test('a header that is cut anywhere is none', () => {
  const written = formatBlockHeader(example)
  for (let length = 0; length < written.length; length++) expect(parseBlockHeader(written.subarray(0, length))).toBeNull()
})

test('a header with one bit changed is none', () => {
  const written = formatBlockHeader(example)
  for (let bit = 0; bit < written.length * 8; bit++) {
    const damaged = Buffer.from(written)
    damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    expect(parseBlockHeader(damaged)).toBeNull()
  }
})

// With a checksum that is right again: made to deceive, not damaged.
test('bytes that lie are no header, or one that its own formatter writes', () => {
  fc.assert(fc.property(headers, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 }), (header, changes) => {
    const forged = formatBlockHeader(header)
    for (const [at, byte] of changes) forged[16 + at % (forged.length - 20)] = byte
    const read = parseBlockHeader(withChecksum(forged))
    if (read === null) return
    expect(formatBlockHeader(read.header)).toEqual(forged)
    expect(read.header.filters.every(({ bits }) => bits.length < forged.length)).toBe(true)
  }), { numRuns: 500 })
})

test.each<[string, Partial<BlockHeader>]>([
  ['a member shorter than its header', { memberBytes: 100 }],
  ['more bytes of lines than deflate can pack', { linesBytes: 6_000_000 }],
  ['more lines than bytes', { lines: 20_001 }],
  ['bytes without lines', { lines: 0, times: null, levels: [], linesOfUnclearTime: 0, linesOfUnclearLevel: 0 }],
  ['more times than lines', { linesOfUnclearTime: 11 }],
  ['more levels than lines', { linesOfUnclearLevel: 18 }],
  ['a level without lines', { levels: [{ level: 30, lines: 0 }] }],
  ['a level twice', { levels: [{ level: 30, lines: 1 }, { level: 30, lines: 1 }] }],
  ['levels in descending order', { levels: [{ level: 50, lines: 1 }, { level: 30, lines: 1 }] }],
  ['a first time before the earliest', { times: { key: 'time', lines: 1, firstMs: 3, lastMs: 7, earliestMs: 4, latestMs: 9 } }],
  ['a last time after the latest', { times: { key: 'time', lines: 1, firstMs: 5, lastMs: 10, earliestMs: 4, latestMs: 9 } }],
  ['a time that is no number', { times: { key: 'time', lines: 1, firstMs: NaN, lastMs: NaN, earliestMs: NaN, latestMs: NaN } }],
  ['an endless time', { times: { key: 'time', lines: 1, firstMs: 5, lastMs: 7, earliestMs: -Infinity, latestMs: Infinity } }],
  ['a field twice', { filters: [{ field: 'a', bits: Buffer.alloc(1) }, { field: 'a', bits: Buffer.alloc(1) }] }],
  ['five filters', { filters: ['a', 'b', 'c', 'd', 'e'].map((field) => ({ field, bits: Buffer.alloc(1) })) }],
  ['33 levels', { levels: Array.from({ length: 33 }, (_, level) => ({ level, lines: 1 })) }]
])('a header that says %s is none', (_, lie) => {
  expect(parseBlockHeader(formatBlockHeader(example))).not.toBeNull()
  expect(parseBlockHeader(formatBlockHeader({ ...example, ...lie }))).toBeNull()
})

test.each([
  ['another version', 16, 2],
  ['an unknown key of times', 19, 4],
  ['other flags of gzip', 3, 0b10100],
  ['another identifier', 12, 0x41]
])('a header with %s is none', (_, at, byte) => {
  const written = formatBlockHeader(example)
  written[at] = byte
  expect(parseBlockHeader(withChecksum(written))).toBeNull()
})

test("a bundle's marker is no header, nor is a plain member of gzip", () => {
  expect(blockHeaderBytes(formatMarker({ name: 'app.20251001.log', from: 0, to: 1, checksumTo: 1, checksum: 1, packedBytes: 1 }))).toBeNull()
  expect(blockHeaderBytes(Buffer.from('1f8b0800000000000003030000000000', 'hex'))).toBeNull()
})

function withChecksum (header: Buffer): Buffer {
  header.writeUInt32LE(crc32(header.subarray(0, -4), 0), header.length - 4)
  return header
}
