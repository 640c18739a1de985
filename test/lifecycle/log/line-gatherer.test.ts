import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LineGatherer } from '../../../src/lifecycle/log/line-gatherer.js'

const newline = 0x0a

function gathered (chunks: ReadonlyArray<string | Uint8Array>): { handed: Buffer[], rest: Buffer } {
  const gatherer = new LineGatherer()
  const handed: Buffer[] = []
  const rest: Buffer[] = []
  // The memory is used again afterwards, so copies are kept.
  const into = (list: Buffer[]) => (lines: Buffer): void => { list.push(Buffer.from(lines)) }
  for (const chunk of chunks) gatherer.add(chunk, into(handed))
  gatherer.finish(into(rest))
  return { handed, rest: Buffer.concat(rest) }
}

/** Text of one-, two-, three- and four-byte characters, lone halves of pairs, and newlines. */
const text = fc.array(fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('a', '{"msg":"x"}', ' ') },
  fc.constantFrom('\n', 'é', '€', '😀', '\ud83d', '\ude00', '\u0000', '\r\n')
), { maxLength: 200 }).map((parts) => parts.join(''))

const cuts = fc.array(fc.nat(400), { maxLength: 20 })

function cutAt<Chunk extends { length: number, slice: (from: number, to: number) => Chunk }> (whole: Chunk, at: readonly number[]): Chunk[] {
  const edges = [0, ...at.map((position) => position % (whole.length + 1)).sort((a, b) => a - b), whole.length]
  return edges.slice(1).map((end, index) => whole.slice(edges[index] ?? 0, end))
}

describe('what is gathered is what was written, in whole lines', () => {
  test('with strings cut between any two UTF-16 units', () => {
    fc.assert(fc.property(text, cuts, (whole, at) => {
      const { handed, rest } = gathered(cutAt(whole, at))
      expect(Buffer.concat([...handed, rest])).toEqual(Buffer.from(whole))
      for (const lines of handed) expect(lines.at(-1)).toBe(newline)
      expect(rest.includes(newline)).toBe(false)
    }))
  })

  test('with buffers cut between any two bytes', () => {
    fc.assert(fc.property(text, cuts, (whole, at) => {
      const { handed, rest } = gathered(cutAt(Buffer.from(whole), at))
      expect(Buffer.concat([...handed, rest])).toEqual(Buffer.from(whole))
      for (const lines of handed) expect(lines.at(-1)).toBe(newline)
    }))
  })

  test('with strings and buffers in turn', () => {
    fc.assert(fc.property(fc.array(fc.oneof(text, text.map((part) => Buffer.from(part)))), (chunks) => {
      const { handed, rest } = gathered(chunks)
      // Only two strings in a row can share a character.
      const whole = chunks.reduce<Array<string | Buffer>>((joined, chunk) => {
        const last = joined.at(-1)
        return typeof last === 'string' && typeof chunk === 'string' ? [...joined.slice(0, -1), last + chunk] : [...joined, chunk]
      }, [])
      expect(Buffer.concat([...handed, rest])).toEqual(Buffer.concat(whole.map((part) => Buffer.from(part as string))))
    }))
  })
})

test('a chunk without a newline is handed over only once its line has ended', () => {
  const gatherer = new LineGatherer()
  const handed: string[] = []
  const take = (lines: Buffer): void => { handed.push(lines.toString()) }
  gatherer.add('begun', take)
  expect(handed).toEqual([])
  gatherer.add(' and ended\nnext', take)
  expect(handed).toEqual(['begun and ended\n'])
  gatherer.finish(take)
  expect(handed).toEqual(['begun and ended\n', 'next'])
})

test('a line far longer than the memory at first comes whole', () => {
  const long = 'é'.repeat(1_000_000) + '\n'
  const { handed } = gathered(['begin ', long.slice(0, 300_001), long.slice(300_001)])
  expect(Buffer.concat(handed).equals(Buffer.from(`begin ${long}`))).toBe(true)
  expect(handed).toHaveLength(1)
})

test('a chunk of thread-stream, up to 4 MiB and a line, is handed over at once', () => {
  const lines = `${'x'.repeat(1023)}\n`.repeat(4 * 1024 + 500)
  expect(gathered([lines]).handed.map(({ length }) => length)).toEqual([lines.length])
  expect(gathered([Buffer.from(lines)]).handed.map(({ length }) => length)).toEqual([lines.length])
})

test('an empty chunk hands over nothing', () => {
  expect(gathered(['', Buffer.alloc(0), ''])).toEqual({ handed: [], rest: Buffer.alloc(0) })
})

const mebibyte = 1024 * 1024

describe.each([
  ['one string', (line: string) => [line]],
  ['one buffer', (line: string) => [Buffer.from(line)]],
  ['chunks of any size', (line: string) => Array.from({ length: Math.ceil(line.length / 700_001) }, (_, index) => line.slice(index * 700_001, (index + 1) * 700_001))]
])('a line of 50 MiB in %s', (_as, cut) => {
  test('comes in parts of 16 MiB and a little more, whole when joined, in memory that does not grow', () => {
    const gatherer = new LineGatherer()
    const line = `${'x'.repeat(50 * mebibyte - 4)}😀`
    const handed: Buffer[] = []
    const capacities: number[] = []
    const note = (lines: Buffer): void => {
      handed.push(Buffer.from(lines))
      capacities.push(lines.buffer.byteLength)
    }
    for (const chunk of cut(line)) gatherer.add(chunk, note)
    expect(handed.map(({ length }) => Math.floor(length / mebibyte / 8))).toEqual([2, 2, 2])
    gatherer.add('\nshort\n', note)
    expect(Buffer.concat(handed).equals(Buffer.from(`${line}\nshort\n`))).toBe(true)
    gatherer.add('short\n', note)
    expect(Math.max(...capacities)).toBeLessThan(40 * mebibyte)
    expect(capacities.at(-1)).toBeLessThanOrEqual(16 * mebibyte)
  })
})

test('keeps the first half of a character until the second comes, wherever a long text is sliced', () => {
  const { handed } = gathered([`x${'😀'.repeat(3 * mebibyte)}\n`])
  expect(Buffer.concat(handed).equals(Buffer.from(`x${'😀'.repeat(3 * mebibyte)}\n`))).toBe(true)
})
