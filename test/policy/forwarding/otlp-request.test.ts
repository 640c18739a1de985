// The request beside OpenTelemetry's own serializer: the same record has the same JSON.
import { JsonLogsSerializer } from '@opentelemetry/otlp-transformer'
import { expect, test } from 'vitest'
import { OtlpRequest } from '../../../src/policy/forwarding/otlp-request.js'
import { forwardedLines } from '../../support/forwarded-lines.js'

type Records = Parameters<typeof JsonLogsSerializer.serializeRequest>[0]

/** What a resource has beside its attributes. The serializer does not call it. */
const unused = { merge: () => { throw new Error('not used') }, getRawAttributes: () => [] }

/** Protobuf's JSON takes a 64-bit integer as a number or as text, and leaves out what is zero. */
function canonical (json: string): unknown {
  return JSON.parse(json, (key, value: unknown) => {
    if (key === 'droppedAttributesCount' && value === 0) return undefined
    return key === 'intValue' ? String(value) : value
  })
}

function ours (line: string, given = {}): unknown {
  const request = new OtlpRequest(given, 1_700_000_000_000)
  request.add(forwardedLines([line]))
  return canonical(Buffer.concat(request.body()).toString())
}

// A line with a space is not as pino writes it, and is left to the mapping of parsed lines.
test.each(['{', '{ '])("writes a record as OpenTelemetry's own serializer does, of a line that begins with `%s`", (begin) => {
  const nested = { text: 'a', whole: 7, broken: 0.5, yes: true, none: null, list: [1, 'b', { c: 2 }], empty: {} }
  const fields = { level: 50, time: 1759320671111, pid: 7, hostname: 'web-1', name: 'shop', trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16), trace_flags: '01', nested, count: -3, msg: 'hello "world"' }
  const line = JSON.stringify(fields).replace('{', begin)
  const theirs = JsonLogsSerializer.serializeRequest([{
    hrTime: [1759320671, 111000000],
    hrTimeObserved: [1_700_000_000, 0],
    severityNumber: 17,
    severityText: 'ERROR',
    body: 'hello "world"',
    attributes: { 'log.record.uid': forwardedLines([line]).uid(0), nested, count: -3 },
    droppedAttributesCount: 0,
    spanContext: { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 },
    resource: { ...unused, attributes: { 'service.name': 'shop', 'host.name': 'web-1', 'process.pid': 7, region: 'north' } },
    instrumentationScope: { name: 'pino-rotor' }
  }] as Records)
  expect(ours(line, { region: 'north' })).toEqual(canonical(Buffer.from(theirs ?? []).toString()))
})

test('writes a number beyond the range of doubles as protobuf does', () => {
  const request = new OtlpRequest({}, 0)
  request.add(forwardedLines(['{"far":1e999,"low":-1e999}']))
  expect(Buffer.concat(request.body()).toString()).toContain('{"key":"far","value":{"doubleValue":"Infinity"}},{"key":"low","value":{"doubleValue":"-Infinity"}}')
})
