// What a block's header says of its lines, against what JSON.parse says of each: nothing that a reader looks for is ever denied.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseBlockHeader, type BlockHeader } from '../../../src/policy/blocks/block-header.js'
import { BlockScan, type BlockDescription } from '../../../src/policy/blocks/block-scan.js'
import { mayHold, type Scalar } from '../../../src/policy/blocks/value-filter.js'
import { lineTime } from '../../../src/policy/lines/line-time.js'

const atMs = 1_759_312_800_000
const levelNames: Record<string, number> = { trace: 10, debug: 20, info: 30, warn: 40, warning: 40, error: 50, fatal: 60 }

function headerOf ({ bytes, format }: BlockDescription, linesBytes = bytes): BlockHeader {
  return parseBlockHeader(format({ packedBytes: linesBytes + 100, linesBytes, linesChecksum: 1 }))?.header ?? expect.fail('no header')
}

function describe (lines: readonly string[], index: readonly string[] = []): BlockHeader {
  return headerOf(new BlockScan(index).describe(Buffer.from(lines.map((line) => `${line}\n`).join(''))))
}

test("pino's lines give their levels and times", () => {
  expect(describe([`{"level":30,"time":${atMs},"msg":"a"}`, `{"level":50,"time":${atMs + 5},"msg":"b"}`, `{"level":30,"time":${atMs - 5},"msg":"c"}`])).toMatchObject({
    lines: 3,
    times: { key: 'time', lines: 3, firstMs: atMs, lastMs: atMs - 5, earliestMs: atMs - 5, latestMs: atMs + 5 },
    linesOfUnclearTime: 0,
    levels: [{ level: 30, lines: 2 }, { level: 50, lines: 1 }],
    linesOfUnclearLevel: 0
  })
})

const usual = `{"level":30,"time":${atMs},`
test.each<[string, string, { time?: number | 'unclear', level?: number | 'unclear', key?: string }]>([
  ['a time in ISO 8601', '{"level":30,"time":"2025-10-01T10:00:00.000Z","msg":"x"}', { time: atMs, level: 30 }],
  ['a time in seconds', `{"level":30,"time":${atMs / 1000},"msg":"x"}`, { time: atMs, level: 30 }],
  ['a time in nanoseconds', `{"level":30,"time":${atMs}000000,"msg":"x"}`, { time: atMs, level: 30 }],
  ['a level by name', `{"level":"error","time":${atMs},"msg":"x"}`, { time: atMs, level: 50 }],
  ['a level by name in capitals', `{"level":"ERROR","time":${atMs}}`, { time: atMs, level: 50 }],
  ["a level's name that pino does not know", `{"level":"loud","time":${atMs}}`, { time: atMs, level: 'unclear' }],
  ['a level that is no whole number', `{"level":30.5,"time":${atMs}}`, { time: atMs, level: 'unclear' }],
  ['another messageKey', `${usual}"message":"x"}`, { time: atMs, level: 30 }],
  ['a nestedKey', `${usual}"payload":{"level":60,"time":5,"a":"x"},"msg":"x"}`, { time: atMs, level: 30 }],
  ['a line without a time', '{"level":30,"msg":"x"}', { level: 30 }],
  ['a line without a level', `{"time":${atMs},"msg":"x"}`, { time: atMs }],
  ['level and time behind other fields', `{"msg":"level: \\"time\\":5","a":{"level":60,"time":5},"level":40,"time":${atMs}}`, { time: atMs, level: 40 }],
  ['spaces around everything', `{ "level" : 40 , "time" : ${atMs} }`, { time: atMs, level: 40 }],
  ['a time under timestamp', `{"level":30,"timestamp":${atMs},"msg":"x"}`, { time: atMs, level: 30, key: 'timestamp' }],
  ['a time under @timestamp', '{"level":30,"@timestamp":"2025-10-01T10:00:00.000Z","msg":"x"}', { time: atMs, level: 30, key: '@timestamp' }],
  ['a time under ts', `{"msg":"x","ts":${atMs}}`, { time: atMs, key: 'ts' }],
  ['a time behind a timestamp', `{"level":30,"timestamp":5,"time":${atMs}}`, { time: atMs, level: 30 }],
  ['a field of the application with the same name', `${usual}"time":5,"level":60}`, { time: atMs, level: 60 }],
  ['a level by name twice', `{"level":"info","time":${atMs},"level":"error"}`, { time: atMs, level: 50 }],
  ['a level with escapes', `{"level":"info","time":${atMs},"l\\u0065vel":50}`, { time: 'unclear', level: 'unclear' }],
  ['colours', `{"level":"info","timestamp":${atMs},"msg":"\\u001b[31mred\\u001b[0m"}`, { time: atMs, level: 30, key: 'timestamp' }],
  ["pino's line behind a byte order mark", `\ufeff${usual}"msg":"x"}`, { time: atMs, level: 30 }],
  ['another line behind a byte order mark', `\ufeff{"msg":"x","level":40,"ts":${atMs}}`, { time: atMs, level: 40, key: 'ts' }],
  ['a stack trace', '    at connect (db.js:7)', {}],
  ['an object behind spaces', `  {"level":50,"time":${atMs}}`, { level: 'unclear' }],
  ['a torn line', '{"req":{"id":1},"ti', {}],
  ["a torn line of pino's", `${usual}"req":{"id":1},"ti`, { time: atMs, level: 30 }],
  ['an array', '[{"level":50}]', {}],
  ['an empty line', '', {}],
  ['an empty object', '{}', {}],
  ['a time that is none', '{"level":30,"time":"noon"}', { time: 'unclear', level: 30 }],
  ['a time in ISO 8601 with an offset', '{"level":30,"time":"2025-10-01T12:00:00.000+02:00"}', { time: atMs, level: 30 }],
  ['a date', '{"level":30,"time":"2025-10-01"}', { time: atMs - 36_000_000, level: 30 }],
  ["a time in the reader's zone", '{"level":30,"timestamp":"2025-10-01 10:00:00"}', { time: 'unclear', level: 30 }],
  ["a time in ISO 8601 in the reader's zone", '{"level":30,"time":"2025-10-01T10:00:00.000"}', { time: 'unclear', level: 30 }],
  ['a time that engines may read in their own ways', '{"level":30,"time":"Wed, 01 Oct 2025 10:00:00 GMT"}', { time: 'unclear', level: 30 }],
  ['an endless time', '{"level":30,"time":1e999}', { time: 'unclear', level: 30 }]
])('%s', (_, line, { time, level, key = 'time' }) => {
  const header = describe([line])
  expect(header.linesOfUnclearTime).toBe(time === 'unclear' ? 1 : 0)
  expect(header.times).toEqual(typeof time === 'number' ? { key, lines: 1, firstMs: time, lastMs: time, earliestMs: time, latestMs: time } : null)
  expect(header.linesOfUnclearLevel).toBe(level === 'unclear' ? 1 : 0)
  expect(header.levels).toEqual(typeof level === 'number' ? [{ level, lines: 1 }] : [])
})

test('a time under another key than the times before it is unclear', () => {
  expect(describe([`{"level":30,"time":${atMs}}`, '{"level":30,"ts":5}'])).toMatchObject({ times: { key: 'time', lines: 1 }, linesOfUnclearTime: 1 })
})

test('levels beyond 32 are unclear', () => {
  const header = describe(Array.from({ length: 40 }, (_, level) => `{"level":${level},"time":${atMs}}`))
  expect(header.levels).toHaveLength(32)
  expect(header.linesOfUnclearLevel).toBe(8)
})

test.each<[string, string, string, Scalar]>([
  ['a text', '{"reqId":"a1"}', 'reqId', 'a1'],
  ['a number', '{"reqId":15}', 'reqId', 15],
  ['a number that is written otherwise', '{"reqId":1.5e1}', 'reqId', 15],
  ['a number with more digits than are exact', '{"reqId":12345678901234567890}', 'reqId', Number('12345678901234567890')],
  ['a negative number', '{"reqId":-0.5}', 'reqId', -0.5],
  ['true', '{"reqId":true}', 'reqId', true],
  ['null', '{"reqId":null}', 'reqId', null],
  ['an empty text', '{"reqId":""}', 'reqId', ''],
  ['a text with escapes', '{"reqId":"a\\n\\u0041\\"b"}', 'reqId', 'a\nA"b'],
  ['a text beyond ASCII', '{"reqId":"größe"}', 'reqId', 'größe'],
  ['a value behind spaces', '{"reqId" :\t"a1"}', 'reqId', 'a1'],
  ['a value at the end of a torn line', '{"x":1,"reqId":7', 'reqId', 7],
  ['a path', '{"req":{"method":"GET","id":7}}', 'req.id', 7],
  ['a path of three', '{"a":{"b":{"c":"x"}}}', 'a.b.c', 'x'],
  ['a key with a dot', '{"req.id":7}', 'req.id', 7],
  ['a key with a dot inside', '{"a":{"b.c":"x"}}', 'a.b.c', 'x'],
  ['a key with a quote', '{"a\\"b":"x"}', 'a"b', 'x'],
  ['a key beyond ASCII', '{"größe":"x"}', 'größe', 'x'],
  ['an empty key', '{"":"x"}', '', 'x'],
  ['a key with escapes', '{"req\\u0049d":"x"}', 'reqId', 'x'],
  ['a key with a needless escape', '{"a\\/b":"x"}', 'a/b', 'x'],
  ['the same key twice', '{"reqId":"a","reqId":"b"}', 'reqId', 'a'],
  ['a key behind one that looks alike', '{"xreqId":"a","reqId":"b"}', 'reqId', 'b']
])('the filter holds %s', (_, line, field, value) => {
  const { filters: [filter] } = describe([line], [field])
  expect(filter !== undefined && mayHold(filter, value)).toBe(true)
})

test.each<[string, string, string, Scalar]>([
  ['objects and arrays', '{"reqId":{"a":"x"},"reqId":["x"]}', 'reqId', 'x'],
  ['the value of another field', '{"other":"x","reqId":"y"}', 'reqId', 'x'],
  ["a path's end in another object", '{"res":{"id":7},"req":{"id":8}}', 'req.id', 7],
  ['what a text says', '{"msg":"\\"reqId\\":\\"x\\""}', 'reqId', 'x']
])('the filter does not hold %s', (_, line, field, value) => {
  const { filters: [filter] } = describe([line], [field])
  expect(filter !== undefined && mayHold(filter, value)).toBe(false)
})

test('a block ends before a line whose values do not fit into its filters', () => {
  const lines = Buffer.from(Array.from({ length: 50_000 }, (_, id) => `{"id":${id}}\n`).join(''))
  const scan = new BlockScan(['id'])
  const rest: number[] = []
  for (let at = 0; at < lines.length;) {
    const block = scan.describe(lines.subarray(at))
    expect(lines[at + block.bytes - 1]).toBe(0x0a)
    const { filters: [filter], lines: count } = headerOf(block)
    expect(filter?.bits.length).toBe(Math.ceil(count * 1.8))
    rest.push(count)
    at += block.bytes
  }
  expect(rest).toHaveLength(2)
  expect(rest.reduce((a, b) => a + b)).toBe(50_000)
})

test('a single line with more values than a filter has room for may hold any', () => {
  const line = Buffer.from(`[${Array.from({ length: 50_000 }, (_, id) => `{"id":${id}}`).join(',')}]\n`)
  const block = new BlockScan(['id', 'other']).describe(line)
  expect(block.bytes).toBe(line.length)
  expect(headerOf(block).filters.map(({ bits }) => bits.length)).toEqual([0, 0])
})

test('a long line has its level and time at the beginning, and counts for any value', () => {
  const block = new BlockScan(['id']).describeLongLine(Buffer.from(`{"level":50,"time":${atMs},"msg":"${'x'.repeat(1000)}`))
  expect(headerOf(block, 5000)).toMatchObject({ lines: 1, linesBytes: 5000, times: { firstMs: atMs }, levels: [{ level: 50, lines: 1 }], filters: [{ field: 'id', bits: Buffer.alloc(0) }] })
})

test.each(['{"msg":"', '{"level":"info","msg":"', `{"level":"info","ts":${atMs},"msg":"`, 'text', '{"msg":"x"} '])('nothing is concluded from a long line that begins with %s', (beginning) => {
  const header = headerOf(new BlockScan([]).describeLongLine(Buffer.from(beginning + 'x'.repeat(1000))), 5000)
  expect(header).toMatchObject({ lines: 1, times: null, linesOfUnclearTime: 1, levels: [], linesOfUnclearLevel: 1 })
})

// Lines as they could come: JSON with pino's start or without, keys twice, odd spaces and escapes, torn, or no JSON at all.
const index = ['id', 'req.id', 'level'] as const
const key = fc.constantFrom('level', 'time', 'timestamp', 'ts', 'id', 'req', 'req.id', 'msg', 'l\\u0065vel', '\\u0069d', '\\u0074ime', 'a\\\\', 'x\\"id')
const scalar = fc.oneof(
  fc.constantFrom('30', '50', '"error"', '"INFO"', '"loud"', 'null', 'true', '1e1', '30.0', '-5', '"\\u0031"', '"a\\"b"', '"5"', '5', '"\\"id\\":7"'),
  fc.integer({ min: atMs, max: atMs + 1e6 }).map(String), fc.constant('"2025-10-01T10:00:00.000Z"'), fc.string().map((text) => JSON.stringify(text)))
const space = fc.constantFrom('', '', '', ' ', '\t')
const { json } = fc.letrec((tie) => ({
  json: fc.oneof({ maxDepth: 3 }, scalar, fc.array(tie('json'), { maxLength: 3 }).map((values) => `[${values.join(',')}]`), tie('object')),
  object: fc.array(fc.tuple(space, key, space, space, tie('json')), { maxLength: 5 })
    .map((members) => `{${members.map(([a, name, b, c, value]) => `${a}"${name}"${b}:${c}${value}`).join(',')}}`)
})) as { json: fc.Arbitrary<string> }
const start = fc.constantFrom('', '', `{"level":30,"time":${atMs},`, '{"level":"error",', `{"level":20,"ts":${atMs},`, '{"level":40,', ' {', '{')
const line = fc.tuple(start, json, fc.nat(3), fc.nat(200)).map(([start, value, tear, at]) => {
  const text = (start === '' ? value : `${start}"v":${value}}`).replaceAll('\n', '')
  return tear === 0 ? text.slice(0, at) : text
})

test('the header contradicts no line', () => {
  fc.assert(fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), (lines) => {
    const header = describe(lines, index)
    const levels = lines.map(levelOf).filter((level) => level !== null)
    if (header.linesOfUnclearLevel === 0) expect(header.levels.map(({ level }) => level)).toEqual(expect.arrayContaining(levels))
    for (const timeMs of lines.map((text) => timeOf(text))) {
      if (header.linesOfUnclearTime > 0 || timeMs === null) continue
      expect(header.times?.earliestMs).toBeLessThanOrEqual(timeMs)
      expect(header.times?.latestMs).toBeGreaterThanOrEqual(timeMs)
    }
    for (const text of lines) {
      for (const [at, field] of index.entries()) {
        const filter = header.filters[at]
        for (const value of valuesAt(recordOf(text), field)) expect(filter !== undefined && mayHold(filter, value)).toBe(true)
      }
    }
  }), { numRuns: 500 })
})

function recordOf (text: string): Record<string, unknown> | null {
  try {
    const record: unknown = JSON.parse(text)
    return typeof record === 'object' && record !== null && !Array.isArray(record) ? record as Record<string, unknown> : null
  } catch {
    return null
  }
}

function levelOf (text: string): number | null {
  const record = recordOf(text)
  if (record === null) return null
  const { level } = record
  if (typeof level === 'number') return level
  return typeof level === 'string' ? levelNames[level.toLowerCase()] ?? null : null
}

function timeOf (text: string): number | null {
  const own = lineTime(Buffer.from(text))
  if (own !== null) return own
  const record = text.startsWith('{') ? recordOf(text) : null
  return ['timestamp', '@timestamp', 'ts'].map((name) => record?.[name] === undefined ? null : lineTime(Buffer.from(JSON.stringify({ time: record[name] })))).find((timeMs) => timeMs !== null) ?? null
}

function valuesAt (record: unknown, path: string): Scalar[] {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) return []
  return Object.entries(record).flatMap(([name, value]) => {
    if (name === path) return typeof value === 'object' && value !== null ? [] : [value as Scalar]
    return path.startsWith(`${name}.`) ? valuesAt(value, path.slice(name.length + 1)) : []
  })
}
