import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nearest } from '../../../src/options/faults/nearest.js'

const known = ['file', 'size', 'frequency', 'timezone', 'compress', 'limit', 'mode']

describe('nearest', () => {
  test.each([
    ['fil', 'file'],
    ['FILE', 'file'],
    ['szie', 'size'],
    ['frequncy', 'frequency'],
    ['timeZone', 'timezone'],
    ['compression', 'compress'],
    ['limits', 'limit'],
    ['mod', 'mode']
  ])('takes %s for %s', (word, meant) => {
    expect(nearest(word, known)).toBe(meant)
  })

  test.each([['routes'], [''], ['destination'], ['x'.repeat(1_000_000)]])('knows nothing near %s', word => {
    expect(nearest(word, known)).toBeNull()
  })

  test('finds a word again in which one letter is replaced', () => {
    fc.assert(fc.property(fc.constantFrom(...known), fc.nat(20), (word, position) => {
      const index = position % word.length
      expect(nearest(`${word.slice(0, index)}#${word.slice(index + 1)}`, known)).toBe(word)
    }))
  })
})
