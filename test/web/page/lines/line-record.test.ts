// A line as the page shows it.
import { expect, test } from 'vitest'
import { fieldText, leavesOf, recordOf } from '../../../../src/web/page/lines/line-record.js'

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
  ['\ufeff{"level":50,"msg":"behind a byte order mark"}', { level: 'error', message: 'behind a byte order mark' }],
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

test('finds a field whose name has dots, as the server does', () => {
  expect(fieldText(record('{"log.level":"info","http":{"response.status":200}}'), 'log.level')).toBe('info')
  expect(fieldText(record('{"http":{"response.status":200}}'), 'http.response.status')).toBe('200')
})

test('shows what JSON cannot be made of again by its kind', () => {
  const deep = `${'['.repeat(30_000)}${']'.repeat(30_000)}`
  const { rest } = record(`{"msg":"deep","x":${deep}}`)
  expect(rest.startsWith('x=[')).toBe(true)
})
