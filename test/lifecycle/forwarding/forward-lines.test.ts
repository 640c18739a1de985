// The lines of a batch that are sent.
import { expect, test } from 'vitest'
import { ForwardLines } from '../../../src/lifecycle/forwarding/forward-lines.js'

const place = { after: null, offset: 0, head: null }

function sent (text: string, levelMin: number | null = null): string[] {
  return new ForwardLines(levelMin, 'app.log').of({ lines: Buffer.from(text), place, from: place, to: place }).texts()
}

test('finds every line of a batch of many short ones, and no empty line', () => {
  const texts = Array.from({ length: 50_000 }, (_, index) => `{"n":${index}}`)
  expect(sent(texts.map((text) => `${text}\n\n`).join(''))).toEqual(texts)
})

test('leaves out lines below the level', () => {
  expect(sent('{"level":30}\n{"level":50}\n{"level":20}\n{"level":60}\n', 50)).toEqual(['{"level":50}', '{"level":60}'])
})

test('identifies a line by its log and its place', () => {
  const uids = ['a.log', 'b.log'].map((log) => new ForwardLines(null, log).of({ lines: Buffer.from('{}\n{}\n'), place: { ...place, offset: 100 }, from: place, to: place }))
    .flatMap((lines) => [lines.uid(0), lines.uid(1)])
  expect(new Set(uids).size).toBe(4)
  expect(uids.map((uid) => uid.split('-')[1])).toEqual(['100', '103', '100', '103'])
})
