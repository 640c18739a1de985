// Where lines end in buffers.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { countLines, firstLineBytes, fittingBytes, wholeLinesEnd } from '../../../src/policy/lines/line-boundary.js'

const texts = fc.array(fc.string({ unit: fc.constantFrom('a', 'é', '😀', '\r'), maxLength: 6 })).map((lines) => lines.map((line) => `${line}\n`))

describe('fittingBytes', () => {
  test.each([
    ['everything where it fits exactly', 'one\ntwo\n', 8, 8],
    ['everything where there is no limit', 'one\ntwo\n', Infinity, 8],
    ['the lines that fit', 'one\ntwo\n', 7, 4],
    ['a line that fills the room', 'one\ntwo\n', 4, 4],
    ['nothing where the first line does not fit', 'one\ntwo\n', 3, 0],
    ['nothing where there is no room', 'one\n', 0, 0],
    ['nothing where there is less than no room', 'one\ntwo\n', -1, 0],
    ['nothing of nothing', '', 0, 0],
    ['an unterminated last line where it fits', 'one\ntwo', 7, 7],
    ['no part of an unterminated last line', 'one\ntwo', 6, 4],
    ['empty lines', '\n\n\n', 2, 2]
  ])('gives %s', (_, text, roomBytes, expected) => {
    expect(fittingBytes(Buffer.from(text), roomBytes)).toBe(expected)
  })

  test('gives the most whole lines that fit', () => {
    fc.assert(fc.property(texts, fc.integer({ min: -2, max: 80 }), (lines, roomBytes) => {
      let expected = 0
      for (const line of lines) {
        if (expected + Buffer.byteLength(line) > roomBytes) break
        expected += Buffer.byteLength(line)
      }
      expect(fittingBytes(Buffer.from(lines.join('')), roomBytes)).toBe(expected)
    }))
  })
})

describe('firstLineBytes', () => {
  test.each([['one\ntwo\n', 4], ['\ntwo\n', 1], ['one', 3], ['', 0], ['é\n', 3]])('of %j is %i', (text, expected) => {
    expect(firstLineBytes(Buffer.from(text))).toBe(expected)
  })
})

describe('wholeLinesEnd', () => {
  test.each([['one\ntwo\n', 8], ['one\ntw', 4], ['one', 0], ['', 0], ['\n', 1]])('of %j is %i', (text, expected) => {
    expect(wholeLinesEnd(Buffer.from(text))).toBe(expected)
  })
})

describe('countLines', () => {
  test.each([['', 0], ['\n', 1], ['one', 1], ['one\n', 1], ['one\ntwo', 2], ['\n\n', 2]])('of %j is %i', (text, expected) => {
    expect(countLines(Buffer.from(text))).toBe(expected)
  })

  test('counts every line once, however the buffer is cut at line ends', () => {
    fc.assert(fc.property(texts, fc.integer({ min: 0, max: 80 }), (lines, roomBytes) => {
      const buffer = Buffer.from(lines.join(''))
      const cut = fittingBytes(buffer, roomBytes)
      expect(countLines(buffer.subarray(0, cut)) + countLines(buffer.subarray(cut))).toBe(lines.length)
    }))
  })

  test('reads a view into a larger buffer from its own start', () => {
    const view = Buffer.from('\n\nab\nc\n').subarray(2, 6)
    expect([countLines(view), firstLineBytes(view), wholeLinesEnd(view), fittingBytes(view, 3)]).toEqual([2, 3, 3, 3])
  })
})
