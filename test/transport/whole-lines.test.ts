// Guarantees 1 and 2 through a real worker, by each face: whole lines, in order, once, and no file above `size`.
import { join } from 'node:path'
import fc from 'fast-check'
import pino from 'pino'
import { describe, expect, test } from 'vitest'
import { rotor, target, transport } from '../support/built-package.js'
import { closed, keepInUse } from '../support/events.js'
import { filesOf, kept } from '../support/kept.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import type { RotorOptions } from '../../src/index.js'

interface Destination extends NodeJS.EventEmitter {
  write: (line: string) => boolean
  flushSync: () => void
  end: () => void
}

const faces: Array<{ face: string, open: (options: RotorOptions) => Promise<Destination> }> = [
  { face: 'target', open: async (options) => keepInUse(pino.transport({ target, options })) },
  { face: 'handle', open: async (options) => transport(options) },
  { face: 'stream', open: async (options) => await rotor(options) }
]

const mebibyte = 1024 * 1024

async function keptOf (open: (options: RotorOptions) => Promise<Destination>, size: RotorOptions['size'], lines: readonly string[]): Promise<{ file: string, content: Buffer }> {
  const file = join(temporaryFolder(), 'app.log')
  const destination = await open({ file, size: size ?? '50m', compress: false, limit: false })
  for (const line of lines) destination.write(line)
  await closed(destination)
  return { file, content: kept(file) }
}

function requestLines (count: number, pad: string): string[] {
  return Array.from({ length: count }, (_, id) => `{"level":30,"id":${id},"msg":"${pad}"}\n`)
}

// Cut between characters: half a character is not text, and thread-stream encodes each piece that it is given by itself.
const anyLog = fc.record({
  characters: fc.array(fc.oneof(fc.string({ maxLength: 60 }), fc.string({ unit: 'grapheme', maxLength: 60 })), { maxLength: 60 }).map((lines) => [...lines.join('\n')]),
  cuts: fc.array(fc.nat(3_000), { maxLength: 30 }),
  sizeBytes: fc.integer({ min: 1, max: 400 })
})

describe.each(faces)('the $face keeps every line byte for byte', ({ open }) => {
  test('of any lines, cut anywhere, at any `size`, which only a file with a single line exceeds', async () => {
    await fc.assert(fc.asyncProperty(anyLog, async ({ characters, cuts, sizeBytes }) => {
      const places = [0, ...cuts.map((cut) => Math.min(cut, characters.length)).sort((a, b) => a - b), characters.length]
      const pieces = places.slice(1).map((end, index) => characters.slice(places[index], end).join(''))
      const { file, content } = await keptOf(open, `${sizeBytes}b`, pieces)
      expect(content.toString()).toBe(characters.join(''))
      for (const found of filesOf(file)) {
        const lineCount = found.content.toString().split('\n').length - 1
        expect(found.content.length <= sizeBytes || lineCount <= 1).toBe(true)
      }
    }), { numRuns: 25 })
  })

  test('of a burst of 24 MiB in one tick, over dozens of files, none above `size`', async () => {
    const lines = requestLines(60_000, 'x'.repeat(380))
    const { file, content } = await keptOf(open, '1m', lines)
    expect(content.equals(Buffer.from(lines.join('')))).toBe(true)
    const sizes = filesOf(file).map(({ content: { length } }) => length)
    expect(sizes.length).toBeGreaterThan(20)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(mebibyte)
    // A file that is rotated for its size has no room for the next line.
    expect(Math.min(...sizes.slice(0, -1))).toBeGreaterThan(mebibyte - 500)
  })

  test('with characters of two, three and four bytes on the boundaries of what the worker reads', async () => {
    // An odd number of bytes a line moves every boundary of 4 MiB to another place in a character.
    const lines = requestLines(12_000, '€😀é'.repeat(107) + 'x')
    const { content } = await keptOf(open, '3m', lines)
    expect(content.length).toBeGreaterThan(10 * mebibyte)
    expect(content.equals(Buffer.from(lines.join('')))).toBe(true)
  })

  test('with lines longer than what the worker reads at once, and than `size`', async () => {
    const lines = ['before\n', `${'é'.repeat(3 * mebibyte)}\n`, 'between\n', `${'x'.repeat(9 * mebibyte)}\n`, 'after\n']
    const { file, content } = await keptOf(open, '1m', lines)
    expect(content.equals(Buffer.from(lines.join('')))).toBe(true)
    expect(filesOf(file).map(({ content: { length } }) => length)).toEqual(lines.map((line) => Buffer.byteLength(line)))
  })

  test('with `size` smaller than any line', async () => {
    const lines = requestLines(300, 'small')
    const { file, content } = await keptOf(open, '1b', lines)
    expect(content.toString()).toBe(lines.join(''))
    expect(filesOf(file).map((found) => found.content.toString())).toEqual(lines)
  })

  test('written one character at a time', async () => {
    const lines = requestLines(200, '€😀')
    const { file, content } = await keptOf(open, '1k', [...lines.join('')])
    expect(content.toString()).toBe(lines.join(''))
    for (const found of filesOf(file)) expect(found.content.toString()).toMatch(/\n$/)
  })

  test('with a last line that has no newline', async () => {
    const { content } = await keptOf(open, '1k', ['whole\n', 'cut o', 'ff'])
    expect(content.toString()).toBe('whole\ncut off')
  })
})

test.each(faces)('the $face that starts again after a last line without newline begins a new one', async ({ open }) => {
  const file = join(temporaryFolder(), 'app.log')
  for (const line of ['{"torn":', '{"whole":1}\n']) {
    const destination = await open({ file })
    destination.write(line)
    await closed(destination)
  }
  expect(kept(file).toString()).toBe('{"torn":\n{"whole":1}\n')
})

test.each(faces)('the $face has every line in the file when flushSync returns', async ({ open }) => {
  const file = join(temporaryFolder(), 'app.log')
  const destination = await open({ file, size: '256k', limit: false, compress: false })
  const lines = requestLines(5_000, 'flushed')
  for (const line of lines) destination.write(line)
  destination.flushSync()
  expect(kept(file).toString()).toBe(lines.join(''))
  await closed(destination)
})
