// Archives of blocks: the right lines out of sound ones, damaged ones, and ones whose headers lie, with a message where lines are missing.
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateRawSync, gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { blockHeaderBytes, formatBlockHeader, type BlockHeader } from '../../../src/policy/blocks/block-header.js'
import { BlockScan } from '../../../src/policy/blocks/block-scan.js'
import { parseLevel, parseMatch, type Condition } from '../../../src/policy/filters/condition.js'
import { usualTimeKeys } from '../../../src/policy/lines/line-time.js'
import { fileSource } from '../../../src/reading/lines/file-source.js'
import { GzipHops } from '../../../src/reading/lines/gzip-hops.js'
import { lastLines } from '../../../src/reading/lines/last-lines.js'
import { LineReader, type ReadRequest, type Trouble } from '../../../src/reading/lines/line-reader.js'

const folder = mkdtempSync(join(tmpdir(), 'rotor-blocks-'))
afterAll(() => { rmSync(folder, { recursive: true }) })

const startMs = Date.UTC(2025, 9, 1)
const linesOfBlock = 50

function line (n: number): string {
  return `{"level":${n % 100 === 7 ? 50 : 30},"time":${startMs + n * 1000},"n":${n},"x":"${Math.sin(n).toString(36).slice(2)}"}\n`
}

function linesOf (block: number): string {
  return Array.from({ length: linesOfBlock }, (_, index) => line(block * linesOfBlock + index)).join('')
}

/** A block with a header that says the truth, but for what is given. */
function block (number: number, lies: Partial<BlockHeader> = {}): Buffer {
  const lines = Buffer.from(linesOf(number))
  const packed = deflateRawSync(lines)
  const firstMs = startMs + number * linesOfBlock * 1000
  const lastMs = firstMs + (linesOfBlock - 1) * 1000
  const errors = linesOf(number).split('"level":50').length - 1
  const levels = [{ level: 30, lines: linesOfBlock - errors }, ...errors > 0 ? [{ level: 50, lines: errors }] : []]
  const header: BlockHeader = {
    memberBytes: 0,
    linesBytes: lines.length,
    linesChecksum: crc32(lines),
    lines: linesOfBlock,
    times: { key: 'time', lines: linesOfBlock, firstMs, lastMs, earliestMs: firstMs, latestMs: lastMs },
    linesOfUnclearTime: 0,
    levels,
    linesOfUnclearLevel: 0,
    filters: []
  }
  const memberBytes = formatBlockHeader({ ...header, memberBytes: 1 }).length + packed.length + 8
  const trailer = Buffer.alloc(8)
  trailer.writeUInt32LE(crc32(lines), 0)
  trailer.writeUInt32LE(lines.length, 4)
  return Buffer.concat([formatBlockHeader({ ...header, memberBytes, ...lies }), packed, trailer])
}

/** A block of any lines, as the package writes it. */
function blockOf (text: string): Buffer {
  const lines = Buffer.from(text)
  const packed = deflateRawSync(lines)
  const trailer = Buffer.alloc(8)
  trailer.writeUInt32LE(crc32(lines), 0)
  trailer.writeUInt32LE(lines.length, 4)
  const header = new BlockScan([]).describe(lines).format({ packedBytes: packed.length, linesBytes: lines.length, linesChecksum: crc32(lines) })
  return Buffer.concat([header, packed, trailer])
}

const request: ReadRequest = { conditions: [], window: null, timeKeys: usualTimeKeys, context: 0, threads: 0, signal: new AbortController().signal }

async function read (content: Buffer, more: Partial<ReadRequest> = {}): Promise<{ numbers: number[], troubles: Trouble[] }> {
  const path = join(folder, 'app.log.gz')
  writeFileSync(path, content)
  const given: Buffer[] = []
  const troubles: Trouble[] = []
  for await (const event of new LineReader([fileSource(path)], { ...request, ...more }).read()) {
    if (event.kind === 'lines') given.push(event.batch.lines)
    else troubles.push(event.trouble)
  }
  return { numbers: numbersIn(Buffer.concat(given)), troubles }
}

// What deflate makes of damaged bytes, before it notices, is no line of ours.
function numbersIn (lines: Buffer): number[] {
  return lines.toString().split('\n').flatMap((text) => {
    const [, n] = /^\{"level":\d+,"time":\d+,"n":(\d+),"x":"[\w.]*"\}$/.exec(text) ?? []
    return n === undefined ? [] : [Number(n)]
  })
}

function upTo (to: number, from = 0): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index)
}

function condition (reading: { value: Condition } | { expected: string }): Condition {
  if ('value' in reading) return reading.value
  throw new Error(reading.expected)
}

const blocks = [0, 1, 2, 3].map((number) => block(number))
const all = upTo(200)

describe('sound blocks', () => {
  test('give all lines, also beside members of other tools', async () => {
    expect(await read(Buffer.concat(blocks))).toEqual({ numbers: all, troubles: [] })
    expect(await read(Buffer.concat([gzipSync(linesOf(0)), block(1), gzipSync(linesOf(2)), block(3)]))).toEqual({ numbers: all, troubles: [] })
  })

  test('are left out by level and by time, without being unpacked', async () => {
    // What cannot be unpacked would be said.
    const spoilt = [...blocks.map((bytes) => Buffer.from(bytes))]
    spoilt[1]?.fill(0xff, 140, 160)
    expect(await read(Buffer.concat(spoilt), { conditions: [condition(parseLevel('error'))] })).toEqual({ numbers: [7, 107], troubles: [] })
    const window = { sinceMs: startMs + 110_000, untilMs: startMs + 112_000 }
    expect(await read(Buffer.concat(spoilt), { window })).toEqual({ numbers: [110, 111, 112], troubles: [] })
  })

  test('are read from the end', async () => {
    writeFileSync(join(folder, 'app.log.gz'), Buffer.concat(blocks))
    const last = await lastLines([fileSource(join(folder, 'app.log.gz'))], request, 60, () => {})
    expect(numbersIn(Buffer.concat(last))).toEqual(upTo(200, 140))
  })

  test('give lines without a time at their beginning only if the line before is wanted, also from the end', async () => {
    const text = `    at connect (db.js:7)\n${line(100)}`
    const window = { sinceMs: startMs + 100_000, untilMs: startMs + 200_000 }
    const path = join(folder, 'app.log.gz')
    const skipped = { ...fileSource(path), selection: 'skip' } as const
    for (const [content, sources] of [
      [Buffer.concat([block(0), blockOf(text)]), [fileSource(path)]],
      [blockOf(text), [skipped, fileSource(path)]],
      [gzipSync(text), [skipped, fileSource(path)]]
    ] as const) {
      writeFileSync(path, content)
      expect(Buffer.concat(await lastLines(sources, { ...request, window }, 5, () => {})).toString()).toBe(line(100))
    }
  })

  test('give the lines around a hit from the neighbouring blocks', async () => {
    expect((await read(Buffer.concat(blocks), { conditions: [condition(parseMatch('n=100'))], context: 60 })).numbers).toEqual(upTo(161, 40))
  })
})

describe('damage in one block', () => {
  test('costs lines of that block only, and reports how many', async () => {
    const bytes = Buffer.concat(blocks)
    const at = (blocks[0]?.length ?? 0) + (blocks[1]?.length ?? 0) - 200
    bytes.fill(0xff, at, at + 20)
    const { numbers, troubles } = await read(bytes)
    expect(numbers.filter((n) => n < 50 || n >= 100)).toEqual([...upTo(50), ...upTo(200, 100)])
    expect(troubles).toMatchObject([{ kind: 'damage', damage: { header: { lines: 50 }, goesOn: true } }])
  })

  test('wherever it is cut, gives the lines before the cut', async () => {
    const bytes = Buffer.concat(blocks.slice(0, 2))
    const first = blocks[0]?.length ?? 0
    for (let to = 1; to < bytes.length; to += 97) {
      const { numbers, troubles } = await read(bytes.subarray(0, to))
      expect(numbers).toEqual(upTo(numbers.length))
      expect(numbers.length).toBeGreaterThanOrEqual(to >= first ? 50 : 0)
      expect(troubles.length).toBe(to === first ? 0 : 1)
    }
  })
})

test('the search for the next header gives up after a thousand beginnings that are no headers', () => {
  const path = join(folder, 'lookalikes.gz')
  const find = (lookalikes: number): { found: number, headerAt: number, to: number } => {
    const before = Buffer.alloc(lookalikes * 64, block(0).subarray(0, 64))
    const content = Buffer.concat([before, block(1)])
    writeFileSync(path, content)
    const descriptor = openSync(path, 'r')
    try {
      return { found: new GzipHops({ descriptor, from: 0, to: content.length }).find(0), headerAt: before.length, to: content.length }
    } finally {
      closeSync(descriptor)
    }
  }
  const few = find(999)
  expect(few.found).toBe(few.headerAt)
  const many = find(1000)
  expect(many.found).toBe(many.to)
})

describe('headers that lie', () => {
  test.each<[string, Partial<BlockHeader>]>([
    ['the length of the member, short', { memberBytes: 300 }],
    ['the length of the member, beyond the file', { memberBytes: 1e9 }],
    ['the length of the lines', { linesBytes: 10 * 1024 }],
    ['the checksum', { linesChecksum: 1 }],
    ['the number of lines', { lines: 5000 }],
    ['the times', { times: null }]
  ])('about %s give the right lines all the same', async (_, lies) => {
    expect(await read(Buffer.concat([block(0), block(1, lies), block(2)]))).toEqual({ numbers: upTo(150), troubles: [] })
  })

  const position = blocks[0]?.length ?? 0
  const headerBytes = blockHeaderBytes(blocks[1] ?? Buffer.alloc(0)) ?? 0
  const changes: Array<[says: string, change: (byte: number) => number]> = [['zeros', () => 0], ['ones', () => 0xff], ['one bit', (byte) => byte ^ 1], ['half of the bits', (byte) => byte ^ 0x55], ['the highest bit', (byte) => byte ^ 0x80]]

  test.each(changes)('in any one of their bytes, by %s, cost no line of another block, and none of their own without a word', async (_, change) => {
    expect(headerBytes).toBeGreaterThan(90)
    for (let at = position; at < position + headerBytes; at++) {
      const bytes = Buffer.concat(blocks)
      bytes[at] = change(bytes[at] ?? 0)
      const { numbers, troubles } = await read(bytes)
      expect(numbers.filter((n) => n < 50 || n >= 100), String(at)).toEqual([...upTo(50), ...upTo(200, 100)])
      if (troubles.length === 0) expect(numbers, String(at)).toEqual(all)
    }
  })

  test.each(changes)('in any one of their bytes, by %s, with a checksum that says otherwise, change no line', async (_, change) => {
    for (let at = position; at < position + headerBytes - 4; at++) {
      const bytes = Buffer.concat(blocks)
      bytes[at] = change(bytes[at] ?? 0)
      bytes.writeUInt32LE(crc32(bytes.subarray(position, position + headerBytes - 4)), position + headerBytes - 4)
      const { numbers, troubles } = await read(bytes)
      expect(numbers.filter((n) => n < 50 || n >= 100), String(at)).toEqual([...upTo(50), ...upTo(200, 100)])
      if (troubles.length === 0) expect(numbers, String(at)).toEqual(all)
    }
  })
})
