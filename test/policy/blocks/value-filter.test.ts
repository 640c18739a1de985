// The filter of a field's values: it never denies one that is there.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { filterBytes, filterOf, mayHold, valueHash, type Scalar } from '../../../src/policy/blocks/value-filter.js'

function filter (values: readonly Scalar[]): { field: string, bits: Buffer } {
  const hashes = new Set(values.map((value) => valueHash(Buffer.from(String(value)))))
  return { field: 'reqId', bits: filterOf(Uint32Array.from(hashes)) }
}

test('a value in the block always passes the filter', () => {
  const scalar = fc.oneof(fc.string(), fc.double({ noNaN: true }), fc.integer(), fc.boolean(), fc.constant(null))
  fc.assert(fc.property(fc.array(scalar, { maxLength: 200 }), (values) => {
    const made = filter(values)
    for (const value of values) expect(mayHold(made, value)).toBe(true)
  }))
})

test.each([1, 2, 5, 10, 100, 1000, 10_000])('of %d values, about one in a thousand that is not there passes', (count) => {
  const made = filter(Array.from({ length: count }, (_, index) => `request-${index}`))
  const asked = 100_000
  let passed = 0
  for (let index = 0; index < asked; index++) if (mayHold(made, `other-${index}`)) passed++
  expect(passed / asked).toBeLessThan(0.002)
})

test('a number and its text are the same value', () => {
  expect(mayHold(filter([5]), '5')).toBe(true)
  expect(mayHold(filter(['1.5']), 1.5)).toBe(true)
  expect(mayHold(filter([null]), 'null')).toBe(true)
})

test('an empty filter passes nothing, and one without bits passes everything', () => {
  expect(mayHold(filter([]), 'x')).toBe(false)
  expect(mayHold({ field: 'reqId', bits: Buffer.alloc(0) }, 'x')).toBe(true)
})

test('a filter takes 1.8 bytes a value', () => {
  expect(filterBytes(10_000)).toBe(18_000)
})
