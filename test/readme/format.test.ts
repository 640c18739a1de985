// docs/format.md against the code: its example is a gzip file with a header that says what the page says.
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { crc32 } from '../../src/platform/crc32.js'
import { formatBlockHeader, parseBlockHeader } from '../../src/policy/blocks/block-header.js'
import { BlockScan } from '../../src/policy/blocks/block-scan.js'
import { mayHold, valueHash } from '../../src/policy/blocks/value-filter.js'

const page = readFileSync(new URL('../../docs/format.md', import.meta.url), 'utf8')
const example = page.slice(page.indexOf('## Example'))
const member = Buffer.from(fenced('hex').replaceAll(/^[0-9a-f]{4} {2}/gm, '').replaceAll(/\s/g, ''), 'hex')
const lines = fenced('text')

function fenced (language: string): string {
  return new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(example)?.[1] ?? ''
}

test('the example unpacks to the lines beside it', () => {
  expect(gunzipSync(member).toString()).toBe(lines)
})

test("the example's header says what the page says, to the byte", () => {
  const { header, headerBytes } = parseBlockHeader(member) ?? expect.fail()
  expect(headerBytes).toBe(0x80)
  expect(formatBlockHeader(header)).toEqual(member.subarray(0, headerBytes))
  expect(header).toMatchObject({
    memberBytes: member.length,
    linesBytes: lines.length,
    linesChecksum: 0x18d64b96,
    lines: 3,
    times: { key: 'time', lines: 2, firstMs: 1759312800000, lastMs: 1759312800250, earliestMs: 1759312800000, latestMs: 1759312800250 },
    linesOfUnclearTime: 0,
    levels: [{ level: 30, lines: 1 }, { level: 50, lines: 1 }],
    linesOfUnclearLevel: 0,
    filters: [{ field: 'reqId' }]
  })
})

test("the example's header is what the lines beside it give", () => {
  const { bytes, format } = new BlockScan(['reqId']).describe(Buffer.from(lines))
  expect(bytes).toBe(lines.length)
  expect(format({ packedBytes: 5 + lines.length, linesBytes: lines.length, linesChecksum: crc32(Buffer.from(lines), 0) })).toEqual(member.subarray(0, 0x80))
})

test("the example's filter holds the values beside it and no other", () => {
  const [filter] = parseBlockHeader(member)?.header.filters ?? []
  if (filter === undefined) expect.fail()
  expect(['a1', 'b2', 'c3'].map((value) => mayHold(filter, value))).toEqual([true, true, false])
  expect(['a1', 'b2'].map((value) => valueHash(Buffer.from(value)).toString(16))).toEqual(['1c24b8a7', '8f2c2975'])
})

test('each row of its table shows the bytes that stand there', () => {
  const rows = [...example.matchAll(/^\| ([0-9a-f]{4}) \| `([0-9a-f ]+)` \|/gm)]
  expect(rows).toHaveLength(20)
  for (const [, offset = '', bytes = ''] of rows) {
    const expected = Buffer.from(bytes.replaceAll(' ', ''), 'hex')
    expect(member.subarray(parseInt(offset, 16)).subarray(0, expected.length).toString('hex')).toBe(expected.toString('hex'))
  }
})
