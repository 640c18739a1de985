// What a gzip file's trailer says, and when it is not believed.
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { gzipOriginalBytes } from '../../../src/disk/compress/gzip-size.js'
import { packGzip } from '../../../src/disk/compress/gzip-packing.js'
import { readBlockHeader } from '../../../src/policy/blocks/block-header.js'
import { BlockScan } from '../../../src/policy/blocks/block-scan.js'

let folder: string

beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'rotor-gzip-')) })
afterEach(() => { rmSync(folder, { recursive: true }) })

function sizeOf (content: Buffer, originalBytesMax = Infinity): number | null {
  writeFileSync(join(folder, 'a.gz'), content)
  return gzipOriginalBytes(join(folder, 'a.gz'), originalBytesMax, readBlockHeader)
}

test.each([['nothing', Buffer.alloc(0)], ['a line', Buffer.from('line\n')], ['what packs best', Buffer.alloc(1_000_000)], ['what does not pack', randomBytes(1_000_000)]])('tells the size of %s', (_, content) => {
  expect(sizeOf(gzipSync(content))).toBe(content.length)
})

test.each([
  ['is no gzip', Buffer.from('this is not a gzip file, but long enough')],
  ['is too short', Buffer.from([0x1f, 0x8b])],
  ['is cut off', Buffer.concat([gzipSync(randomBytes(100_000)).subarray(0, 49_996), Buffer.alloc(4, 0xff)])],
  ['is empty', Buffer.alloc(0)]
])('is null if the file %s', (_, content) => {
  expect(sizeOf(content)).toBeNull()
})

test('is null if the count may have wrapped, and is trusted if files cannot be that large', () => {
  const large = gzipSync(randomBytes(5_000_000))
  expect(sizeOf(large)).toBeNull()
  expect(sizeOf(large, 50 * 1024 ** 2)).toBe(5_000_000)
})

test('is null if the file is gone', () => {
  expect(gzipOriginalBytes(join(folder, 'gone.gz'), Infinity, readBlockHeader)).toBeNull()
})

test('reads the size of a row of blocks, and nothing if the row is cut off or continues with something else', () => {
  const content = Buffer.from('{"level":30}\n'.repeat(200_000))
  const [plain = expect.fail(), copy = expect.fail()] = ['plain', 'a.gz'].map((name) => ({ path: join(folder, name), fd: openSync(join(folder, name), 'w+') }))
  writeFileSync(plain.path, content)
  packGzip(plain, copy, 6, new BlockScan([]))
  for (const { fd } of [plain, copy]) closeSync(fd)
  const packed = readFileSync(copy.path)
  expect(sizeOf(packed)).toBe(content.length)
  expect(sizeOf(packed.subarray(0, -20))).toBeNull()
  expect(sizeOf(Buffer.concat([packed, Buffer.alloc(30)]))).toBeNull()
})
