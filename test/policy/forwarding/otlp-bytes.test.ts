// Records that are written from a line's bytes are those of the mapping, and lines in another form are left to it.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RecordBytes } from '../../../src/policy/forwarding/otlp-bytes.js'
import { mapLine } from '../../../src/policy/forwarding/otlp-record.js'
import { OtlpRequest } from '../../../src/policy/forwarding/otlp-request.js'
import { ForwardedLines } from '../../../src/policy/forwarding/forwarded-lines.js'
import { forwardedLines } from '../../support/forwarded-lines.js'

const observed = '1759312800000000000'

function lineOf (bytes: Buffer): ForwardedLines {
  return new ForwardedLines(bytes, Uint32Array.of(0, bytes.length), Buffer.from('file'), 0)
}

/** The record, and the fields of its resource; null if the line is left to the mapping. */
function written (line: string | Buffer): { readonly record: unknown, readonly resource: string } | null {
  const bytes = Buffer.from(line)
  const writer = new RecordBytes()
  writer.renewChunk(bytes.length)
  if (!writer.write(lineOf(bytes), 0, Buffer.from(observed))) {
    expect(writer.position).toBe(0)
    return null
  }
  return { record: JSON.parse(writer.chunk.toString('utf8', 1, writer.position)) as unknown, resource: writer.resource }
}

function mapped (line: string): unknown {
  return JSON.parse(mapLine(line, lineOf(Buffer.from(line)).uid(0), observed).record) as unknown
}

const usual = [
  '{"level":30,"time":1759320671111,"pid":4242,"hostname":"web-7","reqId":"a","req":{"method":"GET","headers":{"a":"b"},"n":[1,2.5,{"x":null}]},"responseTime":12.345,"msg":"done"}',
  '{"level":50,"time":"2025-10-01T12:00:00.123Z","name":"shop","trace_id":"0af7651916cd43dd8448eb211c80319c","span_id":"b7ad6b7169203331","trace_flags":"01","ok":true,"off":false,"none":null,"list":[],"map":{},"zero":0,"below":-7,"msg":"ä \\"quoted\\" \\u00e4\\n日本"}',
  '{"level":35,"time":1759320671,"msg":""}',
  '{"time":1759320671111,"a":"only an attribute"}',
  '{}'
]

test.each(usual)('writes the record of %s', (line) => {
  expect(written(line)?.record).toEqual(mapped(line))
})

test('keeps the fields of the resource as they stand', () => {
  expect(written(usual[0] ?? '')?.resource).toBe('"pid":4242"hostname":"web-7"')
})

test.each([
  'no JSON', '[1]', '{"a":1', '{"a":1}x', ' {"a":1}', '{ "a":1}', '{"a" :1}', '{"a":1,}', '{"a":01}', '{"a":-0}', '{"a":1e3}', '{"a":1.0}', '{"a":1.}', '{"a":.5}', '{"a":12345678901234567}', '{"a":+1}',
  '{"a":tru}', '{"a":nul', '{"a":"\\x"}', '{"a":"\\u00g0"}', '{"a":"tab\t"}', '{"a":"open', '{"a":1,"a":2}', '{"b":{"a":1,"a":2}}', '{"1":1}', '{"\\u0061":1}', '{"a":[1,]}', '{"a":[1 2]}',
  '{"level":"error"}', '{"level":30.5}', '{"time":1.5}', '{"time":"never"}', '{"msg":7}', '{"pid":"7"}', '{"name":7}', '{"err":{"message":"x"}}', '{"ts":1}', '{"message":"x"}', '{"severity":30}', '{"traceId":"x"}',
  `{"trace_id":"${'0'.repeat(32)}"}`, '{"span_id":"B7AD6B7169203331"}', '{"trace_flags":"xy"}', `{"a":${'['.repeat(20)}${']'.repeat(20)}}`, `{"a":"${'x'.repeat(70_000)}"}`
])('leaves a line that it does not know to the mapping: %s', (line) => {
  expect(written(line)).toBeNull()
})

test('leaves bytes that are not UTF-8 to the mapping', () => {
  expect(written(Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff]), Buffer.from('"}')]))).toBeNull()
})

const keys = fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom('level', 'time', 'msg', 'pid', 'hostname', 'name', 'trace_id', 'span_id', 'trace_flags', 'err', 'message', 'ts', '__proto__', 'a', 'b'))
const value = fc.letrec((tie) => ({
  any: fc.oneof({ maxDepth: 4 }, fc.string({ maxLength: 12 }), fc.integer(), fc.double(), fc.boolean(), fc.constant(null), fc.constantFrom(30, 1759320671111, '2025-10-01T12:00:00Z'), fc.array(tie('any'), { maxLength: 4 }), fc.dictionary(keys, tie('any'), { maxKeys: 4 }))
})).any
const line = fc.dictionary(keys, value, { maxKeys: 8 }).map((fields) => JSON.stringify(fields))
const spoilt = fc.tuple(line, fc.nat(400), fc.constantFrom('', '"', '{', '}', ',', ':', '\\', '0', 'e', '.', '-', ' ', 'u')).map(([whole, at, instead]) => `${whole.slice(0, at % whole.length)}${instead}${whole.slice(at % whole.length + 1)}`)

test('writes for any line what the mapping writes, or leaves the line to the mapping', () => {
  let count = 0
  fc.assert(fc.property(fc.oneof(line, spoilt), (each) => {
    const found = written(each)
    if (found === null) return
    count++
    expect(found.record).toEqual(mapped(each))
  }), { numRuns: 2000 })
  expect(count).toBeGreaterThan(200)
})

test('makes the same request from the bytes of lines as from their texts', () => {
  const processes = ['"pid":1,"hostname":"a"', '"pid":2,"hostname":"a"', '"pid":1,"hostname":"a","err":{"message":"x"}', '"name":"shop"']
  const texts = Array.from({ length: 2000 }, (_, n) => n % 97 === 0 ? 'no JSON' : `{"level":30,"time":1759320671111,${processes[Math.floor(n / 3) % processes.length] ?? ''},"n":${n},"x":"${'ä'.repeat(n % 500)}"}`)
  const body = (lines: ForwardedLines): unknown => {
    const request = new OtlpRequest({ 'service.name': 'given' }, 1759312800000)
    for (let from = 0; from < lines.length; from += 300) request.add(lines.slice(from, from + 300))
    const text = Buffer.concat(request.body()).toString()
    return JSON.parse(text.replaceAll(/"file-[0-9-]+"/g, '"uid"')) as unknown
  }
  // A line with a space is not as pino writes it.
  const strange = texts.map((text) => text.replace('{', '{ '))
  expect(body(forwardedLines(texts))).toEqual(body(forwardedLines(strange)))
})
