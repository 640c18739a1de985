// Lines as log records: every field is somewhere, and what OpenTelemetry has a place for is in that place.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mapLine, severityNumber } from '../../../src/policy/forwarding/otlp-record.js'
import { nanoseconds } from '../../../src/policy/forwarding/otlp-time.js'

interface LogRecord {
  readonly attributes: readonly unknown[]
  readonly [field: string]: unknown
}

function map (line: object | string) {
  const { resource, record } = mapLine(typeof line === 'string' ? line : JSON.stringify(line), 'the-uid', '1700000000000000000')
  return { resource: JSON.parse(`[${resource}]`) as unknown[], record: JSON.parse(record) as LogRecord }
}

const uid = { key: 'log.record.uid', value: { stringValue: 'the-uid' } }

test('puts a usual line of pino where OpenTelemetry has a place for it', () => {
  expect(map({ level: 30, time: 1759320671111, pid: 7, hostname: 'web-1', name: 'shop', reqId: 'r1', msg: 'hello' })).toEqual({
    resource: [{ key: 'service.name', value: { stringValue: 'shop' } }, { key: 'host.name', value: { stringValue: 'web-1' } }, { key: 'process.pid', value: { intValue: '7' } }],
    record: {
      timeUnixNano: '1759320671111000000',
      observedTimeUnixNano: '1700000000000000000',
      severityNumber: 9,
      severityText: 'INFO',
      body: { stringValue: 'hello' },
      attributes: [uid, { key: 'reqId', value: { stringValue: 'r1' } }]
    }
  })
})

test.each([[10, 1], [20, 5], [30, 9], [35, 11], [40, 13], [50, 17], [60, 21], [0, 1], [1000, 24]])('gives level %i the severity %i', (level, severity) => {
  expect(severityNumber(level)).toBe(severity)
})

test.each([['info', 9], ['WARN', 13], ['fatal', 21]])('takes the level "%s" by its name', (level, severity) => {
  expect(map({ level }).record).toMatchObject({ severityNumber: severity, severityText: level })
})

test.each([
  [1759320671111, '1759320671111000000'],
  [1759320671111.25, '1759320671111250000'],
  [1759320671, '1759320671000000000'],
  ['1759320671111', '1759320671111000000'],
  ['2025-10-01T12:11:11.111Z', '1759320671111000000'],
  ['2025-10-01T12:11:11.123456789Z', '1759320671123456789'],
  ['2025-10-01T14:11:11+02:00', '1759320671000000000'],
  ['1759320671111222333', '1759320671111222333'],
  ['not a time', null],
  [-1, null],
  [null, null]
])('reads the time %j', (time, expected) => {
  expect(nanoseconds(time)).toBe(expected)
})

test('reads a line behind a byte order mark', () => {
  expect(map('\ufeff{"level":50,"msg":"x"}').record).toMatchObject({ severityNumber: 17, body: { stringValue: 'x' } })
})

test('finds OpenTelemetry\'s trace fields, and leaves invalid ones among the attributes', () => {
  const trace = 'A'.repeat(32)
  expect(map({ trace_id: trace, span_id: 'b'.repeat(16), trace_flags: '01' }).record).toMatchObject({ traceId: trace.toLowerCase(), spanId: 'b'.repeat(16), flags: 1, attributes: [uid] })
  expect(map({ traceId: '0'.repeat(32) }).record).toMatchObject({ attributes: [uid, { key: 'traceId', value: { stringValue: '0'.repeat(32) } }] })
})

test("names an error as OpenTelemetry's conventions do", () => {
  expect(map({ err: { type: 'TypeError', message: 'no', stack: 'TypeError: no\n at x', code: 'E' } }).record.attributes).toEqual([
    uid,
    { key: 'exception.type', value: { stringValue: 'TypeError' } },
    { key: 'exception.message', value: { stringValue: 'no' } },
    { key: 'exception.stacktrace', value: { stringValue: 'TypeError: no\n at x' } },
    { key: 'err', value: { kvlistValue: { values: [{ key: 'code', value: { stringValue: 'E' } }] } } }
  ])
})

test.each(['plain text', '', '[1]', '{"cut":', 'null', '42'])('sends %j, which is no JSON object, as a body', (line) => {
  expect(map(line)).toEqual({ resource: [], record: { observedTimeUnixNano: '1700000000000000000', body: { stringValue: line }, attributes: [uid] } })
})

describe('any object', () => {
  test('loses no field on the way', () => {
    fc.assert(fc.property(fc.dictionary(fc.string({ minLength: 1 }).filter((key) => !['err', '__proto__'].includes(key)), fc.jsonValue()), (fields) => {
      const { resource, record } = map(fields)
      const placed = resource.length + record.attributes.length - 1 +
        ['timeUnixNano', 'severityNumber', 'body', 'traceId', 'spanId', 'flags'].filter((key) => key in record).length
      expect(placed).toBe(Object.keys(JSON.parse(JSON.stringify(fields)) as object).length)
    }))
  })
})
