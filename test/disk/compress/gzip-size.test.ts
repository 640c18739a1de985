// What a gzip file's trailer says, and when it is not believed.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { gzipOriginalBytes } from '../../../src/disk/compress/gzip-size.js'

let folder: string

beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'rotor-gzip-')) })
afterEach(() => { rmSync(folder, { recursive: true }) })

function sizeOf (content: Buffer, originalBytesMax = Infinity): number | null {
  writeFileSync(join(folder, 'a.gz'), content)
  return gzipOriginalBytes(join(folder, 'a.gz'), originalBytesMax)
}

test.each([['nothing', Buffer.alloc(0)], ['a line', Buffer.from('line\n')], ['what packs best', Buffer.alloc(1_000_000)], ['what does not pack', randomBytes(1_000_000)]])('tells the size of %s', (_, content) => {
  expect(sizeOf(gzipSync(content))).toBe(content.length)
})

test.each([
  ['is no gzip', Buffer.from('this is not a gzip file, but long enough')],
  ['is too short', Buffer.from([0x1f, 0x8b])],
  ['is cut off', gzipSync(randomBytes(100_000)).subarray(0, 50_000)],
  ['is empty', Buffer.alloc(0)]
])('is null where the file %s', (_, content) => {
  expect(sizeOf(content)).toBeNull()
})

test('is null where the count may have wrapped, and believed where files cannot be that large', () => {
  const large = gzipSync(randomBytes(5_000_000))
  expect(sizeOf(large)).toBeNull()
  expect(sizeOf(large, 50 * 1024 ** 2)).toBe(5_000_000)
})

test('is null where the file is gone', () => {
  expect(gzipOriginalBytes(join(folder, 'gone.gz'), Infinity)).toBeNull()
})
