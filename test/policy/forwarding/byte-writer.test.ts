// Bytes that are written one after the other.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ByteWriter } from '../../../src/policy/forwarding/byte-writer.js'

function written (write: (out: ByteWriter) => void): string {
  const out = new ByteWriter()
  out.renew(1_000)
  write(out)
  return out.bytes.toString('latin1', 0, out.position)
}

test.each([0, 9, 10, 4_294_967_296, Number.MAX_SAFE_INTEGER])('writes the digits of %d', (value) => {
  expect(written((out) => { out.putNumber(value) })).toBe(String(value))
})

test('writes the digits of any whole number', () => {
  fc.assert(fc.property(fc.maxSafeNat(), (value) => { expect(written((out) => { out.putNumber(value) })).toBe(String(value)) }))
})

test.each([0, 63, 64, 500])('copies %d bytes, between others', (length) => {
  const bytes = Buffer.from(`<${'x'.repeat(length)}>`)
  const text = written((out) => {
    out.putByte(0x28)
    out.copy(bytes, 1, 1 + length)
    out.putText('ä)')
  })
  expect(text).toBe(`(${'x'.repeat(length)}ä)`)
})

test('goes back, and tells its room', () => {
  const out = new ByteWriter()
  out.renew(10)
  out.put(Buffer.from('abc'))
  out.goBack(1)
  out.put(Buffer.from('d'))
  expect([out.bytes.toString('latin1', 0, out.position), out.room]).toEqual(['ad', 8])
})
