// Memory that is given back at once.
import { deflateRawSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { release } from '../../../src/disk/compress/release.js'

test('a large buffer is empty afterwards, and its memory is free', () => {
  const before = process.memoryUsage().arrayBuffers
  const buffer = Buffer.alloc(64 * 1024 * 1024)
  release(buffer)
  expect(buffer).toHaveLength(0)
  expect(process.memoryUsage().arrayBuffers).toBeLessThan(before + 32 * 1024 * 1024)
})

test("what zlib gives is released, though it is a part of zlib's own buffer", () => {
  const packed = deflateRawSync(Buffer.alloc(1000), { chunkSize: 256 * 1024 })
  release(packed)
  expect(packed).toHaveLength(0)
})

test('a small buffer, which shares its memory with others, is left alone', () => {
  const buffer = Buffer.from('a line')
  release(buffer)
  expect(buffer.toString()).toBe('a line')
})
