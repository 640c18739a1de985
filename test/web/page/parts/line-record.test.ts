// A line as the page shows it, and the texts of times.
import { expect, test } from 'vitest'
import { bytesText, dayAndTime, relativeTime, tickText } from '../../../../src/web/page/app/time-text.js'
import { fieldText, leavesOf, recordOf } from '../../../../src/web/page/lines/line-record.js'
import { EventReader } from '../../../../src/web/page/server/event-stream.js'

const record = (text: string): ReturnType<typeof recordOf> => recordOf({ cursor: '1', text })

test('reads the time, level and message of a line of pino', () => {
  expect(record('{"level":40,"time":1764128793150,"pid":1,"hostname":"h","msg":"slow","req":{"url":"/a"}}'))
    .toMatchObject({ timeMs: 1764128793150, level: 'warn', message: 'slow', rest: 'req.url=/a' })
})

test.each([
  ['not json', { timeMs: null, level: '', message: 'not json', fields: null }],
  ['{"torn":', { message: '{"torn":', fields: null }],
  ['{"msg":"no time"}', { timeMs: null, message: 'no time' }],
  ['{"time":"2025-11-26T03:46:33.150Z","level":"INFO"}', { timeMs: 1764128793150, level: 'info' }],
  ['{"ts":1764128793.15}', { timeMs: 1764128793150 }],
  ['{"time":"soon"}', { timeMs: null }],
  ['{"time":1e300}', { timeMs: null }],
  ['{"time":null,"msg":5}', { timeMs: null, message: '' }]
])('shows %s as far as it can be understood', (text, expected) => {
  expect(record(text)).toMatchObject(expected)
})

test('opens objects into dotted paths, and bounds what is shown of a large line', () => {
  expect(leavesOf({ a: { b: 1, c: {} }, d: [1] })).toEqual([{ path: ['a', 'b'], value: 1 }, { path: ['a', 'c'], value: {} }, { path: ['d'], value: [1] }])
  expect(leavesOf(Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`k${index}`, index])))).toHaveLength(300)
  expect(record(`{"x":"${'y'.repeat(50_000)}"}`).rest.length).toBeLessThan(500)
  expect(fieldText(record('{"a":{"b":null}}'), 'a.b')).toBe('null')
  expect(fieldText(record('{"a":1}'), 'a.b')).toBe('')
})

test('writes times in UTC and relative to now, of the past and the future', () => {
  expect(dayAndTime(1764128793150, 'utc')).toEqual({ day: '2025-11-26', time: '03:46:33.150' })
  expect(dayAndTime(NaN, 'utc')).toEqual({ day: '', time: '–' })
  expect([relativeTime(0, 500), relativeTime(0, 65_000), relativeTime(7_200_000, 0)]).toEqual(['now', '1 min ago', 'in 2 h'])
  expect(tickText(1764128793150, 3_600_000, 'utc')).toBe('03:46')
  expect([bytesText(0), bytesText(1_536), bytesText(80e9)]).toEqual(['0 B', '1.5 kB', '74.5 GB'])
})

test('cuts a stream into events wherever its pieces end', () => {
  const stream = ': heartbeat\n\nid: 7\nevent: lines\ndata: {"a":\ndata: 1}\n\nevent: end\r\ndata: {}\r\n\r\n'
  for (let cut = 0; cut < stream.length; cut++) {
    const reader = new EventReader()
    expect([...reader.read(stream.slice(0, cut)), ...reader.read(stream.slice(cut))]).toEqual([{ name: 'lines', id: '7', data: '{"a":\n1}' }, { name: 'end', id: null, data: '{}' }])
  }
})
