// gzip files as they are written, whole and in blocks, and the proof of them.
import { appendFileSync, closeSync, ftruncateSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { logText } from '../../../benchmarks/lines.js'
import type { Descriptor } from '../../../src/disk/compress/descriptor.js'
import { packGzip, type PackedFile } from '../../../src/disk/compress/gzip-packing.js'
import { proveGzip } from '../../../src/disk/compress/gzip-proof.js'
import { parseBlockHeader, type BlockHeader } from '../../../src/policy/blocks/block-header.js'
import { BlockScan } from '../../../src/policy/blocks/block-scan.js'
import { mayHold } from '../../../src/policy/blocks/value-filter.js'

const mebibyte = 1024 * 1024
const newline = 0x0a

let folder: string
let source: Descriptor
let copy: Descriptor

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rotor-pieces-'))
  source = created('app.log')
  copy = created('app.log.gz')
})

afterEach(() => {
  for (const { fd } of [source, copy]) closeSync(fd)
  rmSync(folder, { recursive: true, force: true })
})

function created (name: string): Descriptor {
  const path = join(folder, name)
  return { fd: openSync(path, 'w+'), path }
}

function lines (bytes: number): Buffer {
  const text = Array.from({ length: Math.ceil(bytes / 50) }, (_, number) => JSON.stringify({ level: 30, id: (number * 2_654_435_761 % 4_294_967_296).toString(36), msg: 'request completed' })).join('\n')
  return Buffer.from(text.padEnd(bytes, '\n')).subarray(0, bytes)
}

/** What pino-http and Fastify log of one request with this identifier. */
const requestLines = {
  'pino-http': (reqId: string, next: (below: number) => number, usual: object) => [{
    ...usual,
    reqId,
    req: { id: next(2 ** 31), method: ['GET', 'POST', 'PUT'][next(3)], url: `/api/v1/orders/${next(100_000)}?page=${next(40)}`, query: { page: String(next(40)) }, headers: { host: 'shop.example.com', 'user-agent': `Mozilla/5.0 (X11; Linux x86_64; rv:${next(30) + 90}.0) Gecko/20100101 Firefox/${next(30) + 90}.0`, 'x-forwarded-for': `${next(224)}.${next(256)}.${next(256)}.${next(256)}` }, remoteAddress: `::ffff:10.0.${next(256)}.${next(256)}`, remotePort: next(60_000) },
    res: { statusCode: 200, headers: { 'content-type': 'application/json; charset=utf-8', 'content-length': String(next(20_000)), etag: `W/"${next(20_000).toString(16)}-${next(2 ** 31).toString(36)}${next(2 ** 31).toString(36)}"` } },
    responseTime: next(1000),
    msg: 'request completed'
  }],
  Fastify: (reqId: string, next: (below: number) => number, usual: object) => [
    { ...usual, reqId, req: { method: ['GET', 'POST', 'PUT'][next(3)], url: `/api/v1/orders/${next(100_000)}`, hostname: 'shop.example.com', remoteAddress: `10.0.${next(256)}.${next(256)}`, remotePort: next(60_000) }, msg: 'incoming request' },
    { ...usual, reqId, res: { statusCode: 200 }, responseTime: next(2 ** 31) / 1e7, msg: 'request completed' }
  ]
}

/** Lines of requests, each with an identifier of its own, and the same in every run. */
function requestLog (kind: keyof typeof requestLines, bytes: number): Buffer {
  let state = 1
  function next (below: number): number {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor(state / 2 ** 32 * below)
  }
  const parts: string[] = []
  for (let made = 0, timeMs = 1_790_000_000_000; made < bytes; timeMs += next(40)) {
    const reqId = Array.from({ length: 4 }, () => next(2 ** 31).toString(16).padStart(8, '0')).join('-')
    const usual = { level: next(50) === 0 ? 50 : 30, time: timeMs, pid: 4242, hostname: 'web-7' }
    const text = requestLines[kind](reqId, next, usual).map((line) => `${JSON.stringify(line)}\n`).join('')
    parts.push(text)
    made += text.length
  }
  return Buffer.from(parts.join(''))
}

/** Lines of that length, each with a value of its own and with words. */
function uniqueLines (lineBytes: number, bytes: number): Buffer {
  const words = ['user', 'order', 'was', 'not', 'found', 'in', 'cache', 'retry', 'after', 'connection', 'closed', 'by', 'peer']
  let state = 1
  const parts: string[] = []
  for (let made = 0; made < bytes; made += lineBytes) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    let line = `{"level":30,"time":${1_790_000_000_000 + parts.length * 7},"reqId":"${state.toString(16).padStart(8, '0')}","msg":"`
    for (let word = state; line.length < lineBytes - 3; word = (Math.imul(word, 1_664_525) + 1_013_904_223) >>> 0) line += `${words[(word >>> 16) % words.length] ?? ''} `
    parts.push(`${line}"}\n`)
  }
  return Buffer.from(parts.join(''))
}

function noise (bytes: number): Buffer {
  let state = 1
  return Buffer.from(Array.from({ length: bytes }, () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) >>> 24))
}

function packed (content: Buffer, { level = 6, index = [] as readonly string[] | null } = {}): PackedFile {
  writeFileSync(source.path, content)
  ftruncateSync(copy.fd)
  return packGzip(source, copy, level, index === null ? null : new BlockScan(index))
}

interface FoundBlock {
  readonly header: BlockHeader
  readonly lines: Buffer
}

/** Goes from header to header, as docs/format.md tells readers to. */
function blocks (): FoundBlock[] {
  const bytes = readFileSync(copy.path)
  const found: FoundBlock[] = []
  for (let at = 0; at < bytes.length;) {
    const { header } = parseBlockHeader(bytes.subarray(at)) ?? expect.fail(`no header at ${at}`)
    const lines = gunzipSync(bytes.subarray(at, at + header.memberBytes))
    expect({ bytes: lines.length, checksum: crc32(lines, 0) }).toEqual({ bytes: header.linesBytes, checksum: header.linesChecksum })
    found.push({ header, lines })
    at += header.memberBytes
  }
  return found
}

function unpacksTo (content: Buffer): boolean {
  try {
    return gunzipSync(readFileSync(copy.path)).equals(content)
  } catch {
    return false
  }
}

describe.each([['blocks', []], ['one member', null]] as const)('%s', (_, index) => {
  test.each([0, 1, 32 * 1024, mebibyte - 1, mebibyte, mebibyte + 1, 3 * mebibyte + 5])('%i bytes become gzip that unpacks to them', (bytes) => {
    const content = lines(bytes)
    const result = packed(content, { index })
    proveGzip(copy, result)
    expect(result).toMatchObject({ sourceBytes: bytes, compressedBytes: readFileSync(copy.path).length })
    expect(gunzipSync(readFileSync(copy.path)).equals(content)).toBe(true)
  })

  test.each([0, 1, 9])('level %i unpacks to the source, also if nothing can be made smaller', (level) => {
    const content = Buffer.concat([noise(mebibyte + 7), lines(mebibyte)])
    proveGzip(copy, packed(content, { level, index }))
    expect(gunzipSync(readFileSync(copy.path)).equals(content)).toBe(true)
  })

  test('takes hardly more room than one stream', () => {
    const content = lines(4 * mebibyte)
    expect(packed(content, { index }).compressedBytes).toBeLessThan(gzipSync(content).length * 1.01)
  })

  test('does not count as proven with bytes after it', () => {
    const result = packed(lines(1000), { index })
    appendFileSync(copy.path, 'x')
    expect(() => { proveGzip(copy, result) }).toThrow(expect.objectContaining({ code: 'ERR_ROTOR_COPY_DAMAGED', path: copy.path }))
  })

  // A few bits between two pieces fill up a byte and mean nothing: with those changed, zlib unpacks the same.
  test('the proof finds any changed bit of a copy that a reader would notice', () => {
    const content = Buffer.concat([lines(mebibyte), Buffer.from('x'.repeat(mebibyte * 1.5)), lines(1000)])
    const result = packed(content, { index })
    const size = result.compressedBytes
    fc.assert(fc.property(fc.oneof(fc.nat(size - 1), fc.nat(30).map((before) => size - 1 - before)), fc.nat(7), (position, bit) => {
      const byte = readFileSync(copy.path)[position] ?? 0
      writeSync(copy.fd, Buffer.from([byte ^ (1 << bit)]), 0, 1, position)
      if (!unpacksTo(content)) expect(() => { proveGzip(copy, result) }).toThrow(expect.objectContaining({ code: 'ERR_ROTOR_COPY_DAMAGED' }))
      writeSync(copy.fd, Buffer.from([byte]), 0, 1, position)
    }), { numRuns: 60 })
    proveGzip(copy, result)
  })
})

test('without blocks there is one member with nothing in its header', () => {
  packed(lines(2 * mebibyte), { index: null })
  const bytes = readFileSync(copy.path)
  expect(bytes.subarray(0, 10).toString('hex')).toBe('1f8b0800000000000003')
  expect(bytes.readUInt32LE(bytes.length - 4)).toBe(2 * mebibyte)
})

test('the proof finds any changed bit of a header, even one that every gzip reader ignores', () => {
  const result = packed(lines(3000), { index: ['id'] })
  const [{ headerBytes } = expect.fail()] = result.members
  for (let bit = 0; bit < headerBytes * 8; bit++) {
    const byte = readFileSync(copy.path)[bit >> 3] ?? 0
    writeSync(copy.fd, Buffer.from([byte ^ (1 << (bit & 7))]), 0, 1, bit >> 3)
    expect(() => { proveGzip(copy, result) }).toThrow(expect.objectContaining({ code: 'ERR_ROTOR_COPY_DAMAGED' }))
    writeSync(copy.fd, Buffer.from([byte]), 0, 1, bit >> 3)
  }
})

test('blocks hold whole lines, at most 1 MiB of them, in order', () => {
  const content = lines(5 * mebibyte + 123)
  packed(content, { index: ['id'] })
  const found = blocks()
  expect(Buffer.concat(found.map(({ lines }) => lines)).equals(content)).toBe(true)
  expect(found.length).toBeGreaterThan(5)
  for (const { lines, header } of found.slice(0, -1)) {
    expect(lines.length).toBeLessThanOrEqual(mebibyte)
    expect(lines.at(-1)).toBe(newline)
    expect(header.lines).toBe(lines.toString().split('\n').length - 1)
    expect(header.levels).toEqual([{ level: 30, lines: header.lines }])
  }
})

describe.each<[string, () => Buffer]>([
  ["the benchmark's requests", () => logText(4 * mebibyte)],
  ['requests of pino-http', () => requestLog('pino-http', 4 * mebibyte)],
  ['requests of Fastify', () => requestLog('Fastify', 4 * mebibyte)]
])('of %s', (_, make) => {
  const single = (): number => packed(make(), { index: null }).compressedBytes
  const inBlocks = (...index: string[]): number => packed(make(), { index }).compressedBytes

  test('blocks add at most 0.5 %', () => {
    expect(inBlocks() / single()).toBeLessThan(1.005)
  })

  test('an index of unique values adds at most 6 %', () => {
    expect(inBlocks('reqId') / inBlocks()).toBeLessThan(1.06)
  })
})

describe.each([100 * 1024, 2.5 * mebibyte])('of %i bytes', (bytes) => {
  test.each([60, 150, 300, 1_000, 5_000])('in lines of %i bytes, a block adds at most 1,600 bytes, and a filter at most 1.8 for each value', (lineBytes) => {
    const content = uniqueLines(lineBytes, bytes)
    const lineCount = content.toString().split('\n').length - 1
    const single = packed(content, { index: null }).compressedBytes
    const inBlocks = packed(content)
    expect(inBlocks.compressedBytes - single).toBeLessThan(inBlocks.members.length * 1_600)
    const indexed = packed(content, { index: ['reqId'] })
    expect(indexed.compressedBytes - inBlocks.compressedBytes).toBeLessThan(lineCount * 1.8 + indexed.members.length * 100)
  })
})

test("an indexed value is in its block's filter and hardly in any other", () => {
  packed(lines(5 * mebibyte), { index: ['id'] })
  const found = blocks()
  for (const number of [0, 20_000, 40_000, 60_000]) {
    const id = (number * 2_654_435_761 % 4_294_967_296).toString(36)
    const holding = found.filter(({ lines }) => lines.includes(`"id":"${id}"`))
    const passing = found.filter(({ header: { filters: [filter] } }) => filter !== undefined && mayHold(filter, id))
    expect(passing).toEqual(expect.arrayContaining(holding))
    expect(passing.length - holding.length).toBeLessThanOrEqual(1)
  }
})

test.each([
  ['between others', '\n{"level":30,"msg":"b"}\n'],
  ['at the end', '\n'],
  ['at the end, without a newline', '']
])('a line of more than 1 MiB is a block by itself, %s', (_, after) => {
  const before = '{"level":30,"msg":"a"}\n'
  const long = `{"level":50,"time":1759312800000,"msg":"${'long '.repeat(mebibyte / 2)}"}`
  const content = Buffer.from(before + long + after)
  proveGzip(copy, packed(content, { index: ['id'] }))
  const found = blocks()
  expect(found.map(({ lines }) => lines.length)).toEqual([before.length, long.length + (after === '' ? 0 : 1), ...after.length > 1 ? [after.length - 1] : []])
  expect(found[1]?.header).toMatchObject({ lines: 1, levels: [{ level: 50, lines: 1 }], times: { firstMs: 1759312800000 }, filters: [{ field: 'id', bits: Buffer.alloc(0) }] })
  expect(gunzipSync(readFileSync(copy.path)).equals(content)).toBe(true)
})

test('any lines become blocks that unpack to them', () => {
  const line = fc.oneof(fc.string(), fc.integer({ min: 1, max: 3 }).map((times) => 'x'.repeat(times * 400_000)))
  fc.assert(fc.property(fc.array(line, { maxLength: 12 }), fc.boolean(), (texts, isTorn) => {
    const content = Buffer.from(texts.map((text) => `${text.replaceAll('\n', '')}\n`).join('') + (isTorn ? 'torn' : ''))
    proveGzip(copy, packed(content, { level: 1, index: [] }))
    const found = blocks()
    expect(Buffer.concat(found.map(({ lines }) => lines)).equals(content)).toBe(true)
    for (const { lines } of found) expect(lines.length <= mebibyte || lines.indexOf(newline) === lines.length - 1 || !lines.includes(newline)).toBe(true)
  }), { numRuns: 30 })
})
