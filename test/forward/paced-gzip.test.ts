import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { packInPieces } from '../../src/forward/paced-gzip.js'

function patterned (bytes: number): Buffer {
  return Buffer.from(Array.from({ length: bytes }, (_, index) => index * index % 251))
}

test.each([
  ['nothing', [0]],
  ['a small part', [10]],
  ['parts that end with a piece', [100_000, 162_144]],
  ['a part of several pieces between small ones', [3, 1_000_000, 5]]
])('packs %s as one member of gzip', async (_name, sizes) => {
  const whole = patterned(sizes.reduce((sum, size) => sum + size, 0))
  const starts = sizes.map((_, index) => sizes.slice(0, index).reduce((sum, size) => sum + size, 0))
  const parts = sizes.map((size, index) => Buffer.from(whole.subarray(starts[index], (starts[index] ?? 0) + size)))
  const packed = await packInPieces(parts, () => {})
  expect(gunzipSync(packed).equals(whole)).toBe(true)
  // A second member would begin with a header. Some receivers read only the first member.
  expect(packed.indexOf(Buffer.from([0x1f, 0x8b, 8, 0]), 1)).toBe(-1)
})

test('rests after each piece of 256 KiB', async () => {
  let rests = 0
  await packInPieces([patterned(600 * 1024)], () => { rests++ })
  expect(rests).toBe(3)
})

test('frees the memory of its parts', async () => {
  const part = patterned(600 * 1024)
  await packInPieces([part], () => {})
  expect(part.length).toBe(0)
})
