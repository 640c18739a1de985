// The time of a log line, in every format that pino can write.
import { expect, test } from 'vitest'
import { lineTime } from '../../../src/policy/lines/line-time.js'

const atMs = Date.UTC(2025, 9, 1, 10)

test.each([
  ['milliseconds', `{"level":30,"time":${atMs},"msg":"x"}`, atMs],
  ['seconds', `{"level":30,"time":${atMs / 1000},"msg":"x"}`, atMs],
  ['nanoseconds', `{"level":30,"time":${atMs}000000,"msg":"x"}`, atMs],
  ['an ISO instant', '{"level":30,"time":"2025-10-01T10:00:00.000Z","msg":"x"}', atMs],
  ['an ISO instant with nanoseconds', '{"level":"info","time":"2025-10-01T10:00:00.000000000Z"}', atMs],
  ['a time after other fields, not the one inside them', `{"req":{"time":5},"time":${atMs}}`, atMs],
  ['the first time where a logged field has the name too', `{"level":30,"time":${atMs},"time":5}`, atMs],
  ["pino's behind a byte order mark", `\ufeff{"level":30,"time":${atMs},"msg":"x"}`, atMs],
  ['another behind a byte order mark', `\ufeff{"msg":"x","ts":${atMs}}`, atMs],
  ['none in another kind of line', '    at stack (trace.js:1)', null],
  ['none in a torn line', '{"req":{"id":1},"ti', null],
  ['none where it is no time', '{"level":30,"time":"noon"}', null],
  ['none where there is none', '{"level":30,"msg":"x"}', null],
  ['none in an empty line', '', null]
])('%s', (_, line, expected) => {
  expect(lineTime(Buffer.from(line))).toBe(expected)
})
