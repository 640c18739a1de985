// Blocks whose headers lie: each is told to be damaged or torn, and unpacks no further than its header says.
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, expect, test, vi } from 'vitest'
import { Scanning, type BlockPlace, type ScanAnswer } from '../../../src/reading/scan/scan-task.js'

const folder = mkdtempSync(join(tmpdir(), 'rotor-scan-'))
afterAll(() => { rmSync(folder, { recursive: true }) })

const lines = Buffer.from('{"n":1}\n{"n":2}\n')

/** The answer for a gzip member of the content, read with what its header claims. */
function answerFor (content: Buffer, claims: Partial<BlockPlace> = {}): ScanAnswer {
  const path = join(folder, 'block.gz')
  const member = gzipSync(content)
  writeFileSync(path, Buffer.concat([member, Buffer.alloc(member.length)]))
  const descriptor = openSync(path, 'r')
  try {
    const scanning = new Scanning({ conditions: [], window: null, timeKeys: ['time'], give: 'lines', grouping: null })
    return scanning.answer({ kind: 'block', ofAnyTime: true, block: { descriptor, position: 0, memberBytes: member.length, linesBytes: content.length, isLast: false, ...claims } })
  } finally {
    closeSync(descriptor)
  }
}

test('a block that is what its header says gives its lines', () => {
  expect(answerFor(lines)).toMatchObject({ kind: 'found', bytes: lines })
})

test.each<[string, Partial<BlockPlace>]>([
  ['fewer bytes of lines', { linesBytes: lines.length - 1 }],
  ['fewer lines', { linesBytes: lines.length / 2 }],
  ['more bytes of lines', { linesBytes: lines.length + 1 }],
  ['a shorter member', { memberBytes: gzipSync(lines).length - 1 }],
  ['a longer member', { memberBytes: gzipSync(lines).length + 1 }],
  ['more than the file has', { memberBytes: 10_000 }]
])('a block whose header tells %s is damaged', (_, claims) => {
  expect(answerFor(lines, claims)).toEqual({ kind: 'fault', fault: 'damaged' })
})

test('a block that unpacks to far more than its header says is not unpacked to its end', () => {
  const joined = vi.spyOn(Buffer, 'concat')
  const bytesMax = 1024 * 1024
  expect(answerFor(Buffer.alloc(16 * bytesMax), { linesBytes: lines.length })).toEqual({ kind: 'fault', fault: 'damaged' })
  expect(joined.mock.results.map(({ value }) => (value as Buffer).length).filter((bytes) => bytes > bytesMax)).toEqual([])
  joined.mockRestore()
})

test('only the last block of a file may end without a newline', () => {
  const torn = lines.subarray(0, -1)
  expect(answerFor(torn)).toEqual({ kind: 'fault', fault: 'torn' })
  expect(answerFor(torn, { isLast: true })).toMatchObject({ kind: 'found', bytes: torn })
})
