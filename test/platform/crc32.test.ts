// The checksum of gzip, beside Node's own.
import { crc32 as builtIn } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { computedCrc32, crc32Between } from '../../src/platform/crc32.js'

test('is that of Node, for a whole buffer and for a part of it', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(200), fc.nat(200), fc.nat(2 ** 31), (array, from, bytes, value) => {
    const data = Buffer.from(array)
    expect(computedCrc32(data, value)).toBe(builtIn(data, value))
    const to = Math.min(data.length, from + bytes)
    expect(crc32Between(data, from, to)).toBe(builtIn(data.subarray(from, to)))
  }))
})
