// Batches of whole lines from a cursor on, however the file is cut into pieces.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { oldest, type Cursor } from '../../src/policy/forwarding/cursor.js'
import { BatchGatherer, type LineBatch } from '../../src/reading/batch-gatherer.js'

async function gather (content: Buffer, cuts: number[], cursor: Cursor = oldest, isFinished = true): Promise<{ batches: LineBatch[], gaps: number, cursor: Cursor }> {
  const batches: LineBatch[] = []
  let gaps = 0
  const gatherer = new BatchGatherer(cursor, async (batch) => { batches.push(batch) }, () => { gaps++ })
  let start = 0
  for (const cut of [...cuts, content.length].sort((a, b) => a - b)) {
    if (cut > start) await gatherer.add(content.subarray(start, cut))
    start = Math.max(start, cut)
  }
  await gatherer.flush()
  if (isFinished) await gatherer.finish()
  return { batches, gaps, cursor: gatherer.cursor }
}

const content = fc.array(fc.stringMatching(/^[a-z]{0,40}$/), { maxLength: 60 }).map((lines) => Buffer.from(lines.map((line) => `${line}\n`).join('')))
const cuts = fc.array(fc.nat(2000), { maxLength: 8 })

test('hands over every byte once, in order, however the file is cut', async () => {
  await fc.assert(fc.asyncProperty(content, cuts, async (bytes, at) => {
    const { batches } = await gather(bytes, at.map((cut) => Math.min(cut, bytes.length)))
    expect(Buffer.concat(batches.map(({ lines }) => lines))).toEqual(bytes)
  }))
})

test('continues from any cursor that it gave, with nothing twice and nothing left out', async () => {
  await fc.assert(fc.asyncProperty(content, cuts, fc.nat(2000), async (bytes, at, stop) => {
    const inside = at.map((cut) => Math.min(cut, bytes.length))
    const first = await gather(bytes.subarray(0, Math.min(stop, bytes.length)), inside.filter((cut) => cut < stop), oldest, false)
    const second = await gather(bytes, inside, first.cursor)
    expect(second.gaps).toBe(0)
    expect(Buffer.concat([...first.batches, ...second.batches].map(({ lines }) => lines))).toEqual(bytes)
  }))
})

test('leaves a line without its newline until the file is finished', async () => {
  const open = await gather(Buffer.from('one\ntw'), [], oldest, false)
  expect(open.batches.map(({ lines }) => String(lines))).toEqual(['one\n'])
  expect(open.cursor.offset).toBe(4)
  const finished = await gather(Buffer.from('one\ntw'), [], open.cursor)
  expect(finished.batches.map(({ lines }) => String(lines))).toEqual(['tw'])
})

test('starts over, and reports it, if another file replaced the one that the cursor was in', async () => {
  const { cursor } = await gather(Buffer.from('one\ntwo\n'), [], oldest, false)
  const other = await gather(Buffer.from('other\nfile\n'), [3], cursor)
  expect(other.gaps).toBe(1)
  expect(Buffer.concat(other.batches.map(({ lines }) => lines)).toString()).toBe('other\nfile\n')
})

test('starts over if the file is shorter than its sent part', async () => {
  const { cursor } = await gather(Buffer.from('one\ntwo\n'), [], oldest, false)
  const other = await gather(Buffer.from('a\n'), [], cursor)
  expect(other.gaps).toBe(1)
  expect(other.batches.map(({ lines }) => String(lines))).toEqual(['a\n'])
})

test('makes batches of at most a mebibyte of whole lines, and one of a line that is longer', async () => {
  const line = Buffer.from(`${'x'.repeat(999)}\n`)
  const many = Buffer.concat(Array.from({ length: 3000 }, () => line))
  const long = Buffer.concat([line, Buffer.from(`${'y'.repeat(5_000_000)}\n`), line])
  const pieces = Array.from({ length: 30 }, (_, index) => index * 262_144)
  expect(Math.max(...(await gather(many, pieces)).batches.map(({ lines }) => lines.length))).toBeLessThanOrEqual(1024 * 1024)
  const { batches } = await gather(long, pieces)
  expect(Buffer.concat(batches.map(({ lines }) => lines)).equals(long)).toBe(true)
  expect(batches.every(({ lines }) => lines.at(-1) === 0x0a)).toBe(true)
})

test('keeps a line of several megabytes whole, although each piece comes in the same memory', async () => {
  const batches: Buffer[] = []
  const gatherer = new BatchGatherer(oldest, async ({ lines }) => { batches.push(lines) })
  const piece = Buffer.alloc(256 * 1024)
  const content = Buffer.concat([Buffer.from('short\n'), Buffer.alloc(5_000_000, 'long '), Buffer.from('\nlast\n')])
  for (let start = 0; start < content.length; start += piece.length) {
    const filled = content.copy(piece, 0, start)
    await gatherer.add(piece.subarray(0, filled))
  }
  await gatherer.finish()
  expect(Buffer.concat(batches).equals(content)).toBe(true)
  expect(batches.length).toBeGreaterThan(1)
})
