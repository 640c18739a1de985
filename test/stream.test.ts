// Guarantees 1 and 2 as properties of the stream in process: any lines, any cuts, any size.
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { systemClock } from '../src/clock.js'
import { parseOptions } from '../src/options/parse-options.js'
import { LogStream } from '../src/stream.js'
import { filesOf } from './support/kept.js'
import { temporaryFolder } from './support/temporary-folder.js'

const line = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom('', '€'.repeat(30), '😀'.repeat(20), 'x'.repeat(300))
).map((content) => content.replaceAll('\n', ''))

const log = fc.record({
  lines: fc.array(line, { maxLength: 60 }),
  endsWhole: fc.boolean(),
  asBuffers: fc.boolean(),
  cuts: fc.array(fc.nat(3_000), { maxLength: 30 }),
  sizeBytes: fc.oneof(fc.integer({ min: 1, max: 400 }), fc.constant(1))
})

async function write (file: string, chunks: ReadonlyArray<string | Buffer>, sizeBytes: number): Promise<void> {
  const stream = new LogStream(parseOptions({ file, size: `${sizeBytes}b`, compress: false, limit: false }), systemClock)
  for (const chunk of chunks) stream.write(chunk)
  stream.end()
  await once(stream, 'close')
}

function cut<Chunk extends string | Buffer> (whole: Chunk, at: readonly number[]): Chunk[] {
  const edges = [0, ...at.map((position) => position % (whole.length + 1)).sort((a, b) => a - b), whole.length]
  return edges.slice(1).map((end, index) => whole.slice(edges[index], end) as Chunk)
}

test('any lines in any pieces at any size are kept byte for byte, and no file is too large unless it holds a single line', async () => {
  const parent = temporaryFolder()
  await fc.assert(fc.asyncProperty(log, async ({ lines, endsWhole, asBuffers, cuts, sizeBytes }) => {
    const folder = mkdtempSync(join(parent, 'run-'))
    const file = join(folder, 'app.log')
    const whole = lines.join('\n') + (endsWhole && lines.length > 0 ? '\n' : '')
    await write(file, asBuffers ? cut(Buffer.from(whole), cuts) : cut(whole, cuts), sizeBytes)

    const files = filesOf(file)
    expect(Buffer.concat(files.map(({ content }) => content)).equals(Buffer.from(whole))).toBe(true)
    for (const { name, content } of files) {
      if (content.length > sizeBytes) expect(content.indexOf('\n'), `${name} of ${content.length} bytes`).toBeOneOf([-1, content.length - 1])
      if (name !== 'app.log') expect(content.at(-1), name).toBe(0x0a)
    }
    rmSync(folder, { recursive: true })
  }), { numRuns: 150 })
}, 60_000)

test('a file takes exactly `size` bytes before it is rotated', async () => {
  const file = join(temporaryFolder(), 'app.log')
  await write(file, Array.from({ length: 10 }, () => '123456789\n'), 50)
  expect(filesOf(file).map(({ content }) => content.length)).toEqual([50, 50])
})

test('a line that would pass `size` by one byte goes to the next file', async () => {
  const file = join(temporaryFolder(), 'app.log')
  await write(file, ['123456789\n', '1234567890\n'], 20)
  expect(filesOf(file).map(({ content }) => content.length)).toEqual([10, 11])
})

test('a line longer than `size` gets a file of its own', async () => {
  const file = join(temporaryFolder(), 'app.log')
  await write(file, [`a\n${'x'.repeat(100)}\nb\nc\n`], 20)
  expect(filesOf(file).map(({ content }) => content.length)).toEqual([2, 101, 4])
})
