import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Backlog } from '../../../src/lifecycle/full-disk/backlog.js'

function text (chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString()
}

test('waiting lines come back whole, in order, and once', () => {
  const backlog = new Backlog(100)
  for (const line of ['one\n', 'two\nthree\n']) expect(backlog.push(Buffer.from(line))).toEqual({ lines: 0, bytes: 0 })
  expect(text(backlog.take())).toBe('one\ntwo\nthree\n')
  expect(backlog.take()).toEqual([])
})

test('waiting lines are a copy: the caller may reuse its memory', () => {
  const backlog = new Backlog(100)
  const memory = Buffer.from('one\n')
  backlog.push(memory)
  memory.fill('x')
  expect(text(backlog.take())).toBe('one\n')
})

test('a chunk is kept as far as whole lines fit', () => {
  const backlog = new Backlog(10)
  expect(backlog.push(Buffer.from('four\nfour\nfour\n'))).toEqual({ lines: 1, bytes: 5 })
  expect(text(backlog.take())).toBe('four\nfour\n')
})

test('after a dropped line, a shorter one that would fit is dropped as well', () => {
  const backlog = new Backlog(10)
  backlog.push(Buffer.from('longer than all\n'))
  expect(backlog.push(Buffer.from('a\n'))).toEqual({ lines: 1, bytes: 2 })
  expect(backlog.take()).toEqual([])
  expect(backlog.push(Buffer.from('a\n'))).toEqual({ lines: 0, bytes: 0 })
})

test('lines held elsewhere take their part of the room', () => {
  const backlog = new Backlog(10)
  expect(backlog.push(Buffer.from('four\nfour\n'), { heldBytes: 5, isWithinLine: false })).toEqual({ lines: 1, bytes: 5 })
})

test('a line that has begun and loses its rest is ended and counted once, and nothing of it follows', () => {
  const backlog = new Backlog(10)
  const before = { heldBytes: 10, isWithinLine: true }
  expect(backlog.push(Buffer.from('more'), before)).toEqual({ lines: 1, bytes: 4 })
  expect(backlog.push(Buffer.from('more'), before)).toEqual({ lines: 0, bytes: 4 })
  expect(text(backlog.take())).toBe('\n')
  expect(backlog.isWithinLost).toBe(true)
  expect(backlog.drop(Buffer.from('end\n'))).toEqual({ lines: 0, bytes: 4 })
  expect(backlog.isWithinLost).toBe(false)
})

test('keeps the first of any lines, within the bound, and counts the rest', () => {
  const line = fc.string({ maxLength: 8 }).map((content) => `${content.replaceAll('\n', '')}\n`)
  fc.assert(fc.property(fc.array(fc.array(line, { minLength: 1, maxLength: 4 })), fc.nat(100), (chunks, bytesMax) => {
    const backlog = new Backlog(bytesMax)
    let lost = { lines: 0, bytes: 0 }
    for (const chunk of chunks) {
      const more = backlog.push(Buffer.from(chunk.join('')))
      lost = { lines: lost.lines + more.lines, bytes: lost.bytes + more.bytes }
    }
    const lines = chunks.flat()
    const kept = text(backlog.take())
    expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(bytesMax)
    expect(kept).toBe(lines.slice(0, lines.length - lost.lines).join(''))
    expect(Buffer.byteLength(kept) + lost.bytes).toBe(Buffer.byteLength(lines.join('')))
  }))
})
