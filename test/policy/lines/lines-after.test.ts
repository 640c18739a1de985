// Lines that stand after an offset, whole or in part.
import { expect, test } from 'vitest'
import { linesAfter } from '../../../src/policy/lines/lines-after.js'

const [first, second, third] = ['{"n":1}\n', '{"n":2}\n', '{"n":3}\n'] as const
const file = Buffer.from(first + second + third)

test.each([
  { offset: 0, after: first + second + third },
  { offset: 1, after: first + second + third },
  { offset: first.length, after: second + third },
  { offset: first.length + 1, after: second + third },
  { offset: first.length + second.length - 1, after: second + third },
  { offset: file.length - 1, after: third },
  { offset: file.length, after: '' }
])('after byte $offset', ({ offset, after }) => {
  expect(linesAfter(file, file, offset).toString()).toBe(after)
})

test('a line that stands in another place of the bytes, with foreign lines between', () => {
  expect(linesAfter(Buffer.from(first + third), Buffer.from(`x\n${third}y\n${first}`), 2).toString()).toBe(first + third)
  expect(linesAfter(Buffer.from(first + third), Buffer.from(`x\n${third}y\n${first}`), 2 + third.length).toString()).toBe(first)
})

test('the last part of a long line, whose first part came before the offset', () => {
  expect(linesAfter(Buffer.from('the end\n'), Buffer.from('the beginning, the end\n'), 18).toString()).toBe('the end\n')
})
