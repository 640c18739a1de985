// Lines that are known by their places in a batch.
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ByteWriter } from '../../../src/policy/forwarding/byte-writer.js'
import type { ForwardedLines } from '../../../src/policy/forwarding/forwarded-lines.js'
import { forwardedLines } from '../../support/forwarded-lines.js'

function writtenUid (lines: ForwardedLines, index: number): string {
  const out = new ByteWriter()
  out.renew(100)
  lines.putUid(index, out)
  return out.bytes.toString('latin1', 0, out.position)
}

test('tells texts, sizes and identities of the lines, also of a part of them', () => {
  fc.assert(fc.property(fc.array(fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', '')), { minLength: 1, maxLength: 20 }), fc.nat(2 ** 40), fc.nat(19), (texts, offset, from) => {
    const part = forwardedLines(texts, offset).slice(from)
    const expected = texts.slice(from)
    expect(part.texts()).toEqual(expected)
    expect(part.length).toBe(expected.length)
    expect(part.sizeBytes).toBe(Buffer.byteLength(expected.map((text) => `${text}\n`).join('')))
    let at = offset + Buffer.byteLength(texts.slice(0, from).map((text) => `${text}\n`).join(''))
    for (const [index, text] of expected.entries()) {
      const uid = `file-${at}-${crc32(Buffer.from(text))}`
      expect([part.text(index), part.uid(index), writtenUid(part, index)]).toEqual([text, uid, uid])
      at += Buffer.byteLength(text) + 1
    }
  }))
})

test('takes the lines from one index to before another', () => {
  expect(forwardedLines(['a', 'b', 'c', 'd']).slice(1, 3).slice(1).texts()).toEqual(['c'])
})
