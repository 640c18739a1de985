// The search for a text in a chunk of lines, compared with Node's own.
import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { Needle } from '../../../src/policy/filters/needle.js'

describe('a text is found', () => {
  test('wherever Buffer.indexOf finds it, whichever of its bytes is the rarest', () => {
    const text = fc.string({ unit: fc.constantFrom('"', 'a', 'v', 'é', '\\'), maxLength: 5 })
    fc.assert(fc.property(text, fc.array(text, { maxLength: 20 }), (sought, parts) => {
      const chunk = Buffer.from(parts.join(''))
      const needle = new Needle(sought)
      needle.begin(chunk)
      for (let position = 0; position < chunk.length; position++) {
        const found = chunk.indexOf(Buffer.from(sought), position)
        expect(needle.findFrom(position)).toBe(found === -1 ? Infinity : found)
      }
    }))
  })

  test('only where it begins in the stretch', () => {
    const needle = new Needle('"level"')
    needle.begin(Buffer.from('{"level":30}\n{"level":40}\n'))
    expect([needle.findIn(0, 12), needle.findIn(2, 12), needle.isIn(13, 25)]).toEqual([1, -1, true])
  })
})
