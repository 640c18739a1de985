// Which lines are found: exactly those that parsing every line would find, for any lines.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseGrep, parseLevel, parseMatch, type Condition } from '../../../src/policy/filters/condition.js'
import { LineScanner } from '../../../src/policy/filters/line-scan.js'
import { usualTimeKeys } from '../../../src/policy/lines/line-time.js'
import type { Window } from '../../../src/policy/filters/line-window.js'

function read (reading: { value: Condition } | { expected: string }): Condition {
  if ('value' in reading) return reading.value
  throw new Error(reading.expected)
}

function found (conditions: Condition[], content: string | Buffer, window: Window | null = null): string[] {
  const chunk = Buffer.from(content)
  const { ranges, lines } = new LineScanner({ conditions, window, timeKeys: usualTimeKeys }).scan(chunk)
  const texts: string[] = []
  for (let at = 0; at < ranges.length; at += 2) texts.push(...chunk.subarray(ranges[at], ranges[at + 1]).toString('latin1').split('\n').slice(0, -1))
  expect(lines).toBe(texts.length)
  return texts
}

function matching (match: string | string[], ...lines: string[]): string[] {
  return found([match].flat().map((text) => read(parseMatch(text))), lines.map((line) => `${line}\n`).join('')).map((line) => Buffer.from(line, 'latin1').toString())
}

describe('--match finds', () => {
  test.each([
    ['a text', 'reqId=abc', ['{"reqId":"abc"}', '{ "reqId" : "abc" }', '{"reqId":"\\u0061bc"}'], ['{"reqId":"abcd"}', '{"x":"abc"}', '{"msg":"\\"reqId\\":\\"abc\\""}', 'reqId abc', '{"reqId":["abc"]}']],
    ['a number, however it is written', 'status=500', ['{"status":500}', '{"status": 5e2}', '{"status":500.0}', '{"status":"500"}'], ['{"status":5000}', '{"status":50}', '{"status":[500]}']],
    ['a text only, between quotation marks', 'status="500"', ['{"status":"500"}'], ['{"status":500}']],
    ['true, false and null', 'ok=true', ['{"ok":true}', '{"ok":"true"}'], ['{"ok":false}', '{"ok":1}']],
    ['null', 'user=null', ['{"user":null}'], ['{"user":0}', '{}']],
    ['what differs, also where the field is not there', 'status!=200', ['{"status":500}', '{"other":200}', '{"status":{"status":200}}'], ['{"status":200}', '{"status":"200"}', 'no JSON', '[200]']],
    ['a dotted path', 'req.url=/a', ['{"req":{"url":"/a"}}', '{"req":{"url":"\\/a"}}'], ['{"url":"/a"}', '{"req":{"req":{"url":"/a"}}}', '{"req":"/a","url":"/a"}', '{"req":[{"url":"/a"}]}']],
    ['a key with dots', 'trace.id=x', ['{"trace.id":"x"}', '{"trace.id" : "x"}', '{"trace":{"id":"x"}}'], ['{"id":"x"}', '{"trace.id":"y"}', '{"a.trace.id":"x"}', '{"trace":"x","id":"x"}']],
    ['a number under a key with dots', 'http.response.status>=500', ['{"http":{"response.status":500}}', '{"http.response":{"status":503}}'], ['{"http":{"response.status":200}}', '{"response.status":500}']],
    ['more', 'ms>10', ['{"ms":10.5}', '{"ms":11}', '{"ms":1e3}'], ['{"ms":10}', '{"ms":"11"}', '{"ms":null}', '{}']],
    ['at most', 'ms<=10', ['{"ms":10}', '{"ms":-1}'], ['{"ms":10.1}', '{"ms":null}', '{"ms":"1"}']],
    ['texts in their order', 'at>=2025-10', ['{"at":"2025-10-01"}'], ['{"at":"2025-09-30"}', '{"at":99}']],
    ['levels by name', 'level>=warn', ['{"level":40}', '{"level":"WARN"}', '{"level":"fatal"}', '{"a":1,"level":60}'], ['{"level":30}', '{"level":"info"}', '{"level":"own"}', '{"a":{"level":60}}']],
    ['one level', 'level=error', ['{"level":50}', '{"level":"ERROR"}'], ['{"level":60}', '{"level":"err"}']],
    ['a level of your own', 'level=audit', ['{"level":"audit"}'], ['{"level":"other"}']],
    ['an expression', 'err.message~^E(CONN|PIPE)', ['{"err":{"message":"ECONNRESET"}}'], ['{"err":{"message":"no ECONN"}}', '{"message":"ECONN"}']],
    ['an expression with flags', 'msg~/time.?out/i', ['{"msg":"Timeout"}', '{"msg":"x TIME-OUT"}'], ['{"msg":"in time"}']],
    ['an expression in a number', 'status~^5', ['{"status":503}'], ['{"status":200}', '{"status":null}']],
    ['a field that is there', 'err', ['{"err":{}}', '{"err":null}', '{"\\u0065rr":1}'], ['{"msg":"err"}', '{"a":{"err":1}}', 'err']],
    ['the last of two fields of one name', 'a=1', ['{"a":2,"a":1}'], ['{"a":1,"a":2}']],
    ['a line behind a byte order mark', 'a=1', ['\ufeff{"a":1}'], ['\ufeff{"a":2}', '\ufeff\ufeff{"a":1}']],
    ['a number, with spaces around the operator', ' n = 5 ', ['{"n":5}', '{"n":"5"}'], ['{"n":6}', '{"n ":5}', '{"n":" 5 "}']],
    ['what differs, with spaces', 'n != 5', ['{"n":6}'], ['{"n":5}']],
    ['more, with spaces', 'n > 5', ['{"n":6}'], ['{"n":5}']],
    ['at least, with spaces', 'n >= 5', ['{"n":5}'], ['{"n":4}']],
    ['less, with spaces', 'n < 5', ['{"n":4}'], ['{"n":5}']],
    ['at most, with spaces', 'n <= 5', ['{"n":5}'], ['{"n":6}']],
    ['an expression, with spaces', 'msg ~ ^a', ['{"msg":"ab"}'], ['{"msg":" ab"}']],
    ['the spaces in quotation marks', 'msg = " a "', ['{"msg":" a "}'], ['{"msg":"a"}']],
    ['the spaces in slashes', 'msg ~ / a/', ['{"msg":"x a"}'], ['{"msg":"a"}']],
    ['a field that is there, with spaces', ' err ', ['{"err":1}'], ['{"e":1}']],
    ['umlauts and line ends of Windows', 'name=Jörg', ['{"name":"Jörg"}\r', '{"name":"J\\u00f6rg"}'], ['{"name":"Jorg"}']]
  ])('%s', (_, match, wanted, unwanted) => {
    expect(matching(match, ...wanted.flatMap((line, index) => [line, unwanted[index] ?? '']), ...unwanted)).toEqual(wanted)
  })

  test('bytes that are not UTF-8 as their replacement in a decoded line', () => {
    const lines = Buffer.concat([Buffer.from('{"name":"J'), Buffer.from([0xff]), Buffer.from('rg"}\n{"name":"Jorg"}\n')])
    expect(found([read(parseMatch('name=J\ufffdrg'))], lines)).toEqual(['{"name":"J\xffrg"}'])
  })

  test('only lines that fulfil all conditions', () => {
    expect(matching(['a=1', 'b>2', 'c'], '{"a":1,"b":3,"c":0}', '{"a":1,"b":3}', '{"a":1,"b":2,"c":0}', '{"a":2,"b":3,"c":0}')).toEqual(['{"a":1,"b":3,"c":0}'])
  })
})

describe('--grep finds', () => {
  test('a text in the line as it stands, JSON or not', () => {
    expect(found([read(parseGrep('boom'))], 'a boom\n{"msg":"boom"}\nbo\nom\n')).toEqual(['a boom', '{"msg":"boom"}'])
    expect(found([read(parseGrep('/api/v1'))], 'GET /api/v1/x\n')).toEqual(['GET /api/v1/x'])
  })

  test('an expression, with flags', () => {
    expect(found([read(parseGrep('/bo+m$/i'))], 'BOOOM\nboom!\nboom\n')).toEqual(['BOOOM', 'boom'])
  })

  test('nothing across the end of a line', () => {
    expect(found([read(parseGrep('a\nb'))], 'a\nb\n')).toEqual([])
  })
})

test.each([
  ['=x', 'FIELD=VALUE'], ['', 'FIELD=VALUE'], ['a!~b', 'FIELD=VALUE'], ['a..b=1', 'FIELD=VALUE'], ['a~(', 'a valid regular expression'], ['a~/x/g', 'the flags i, m, s or u']
])('refuses %j and says what was expected', (text, expected) => {
  expect(parseMatch(text)).toEqual({ expected: expect.stringContaining(expected) as string })
})

test('refuses a level that is neither a name of pino\'s nor a number', () => {
  expect(parseLevel('warm')).toEqual({ expected: expect.stringContaining('trace, debug') as string })
  expect(read(parseLevel('35'))).toMatchObject({ value: { number: 35 } })
})

describe('a window', () => {
  const line = (time: number | null, n: number): string => time === null ? `    at ${n}` : `{"level":30,"time":${time * 1000},"n":${n}}`
  const scan = (times: Array<number | null>, conditions: Condition[] = []) => {
    const lines = times.map(line)
    return new LineScanner({ conditions, window: { sinceMs: 2_000_000_000_000, untilMs: 3_000_000_000_000 }, timeKeys: usualTimeKeys }).scan(Buffer.from(lines.map((text) => `${text}\n`).join('')))
  }

  test('takes lines without a time with the line before them', () => {
    expect(scan([1e9, null, 2e9, null, null, 4e9, null])).toMatchObject({ lines: 3, openLines: 0, endsWanted: false })
  })

  test('leaves lines before the first time open', () => {
    expect(scan([null, null, 2e9, null])).toMatchObject({ lines: 4, openLines: 2, openRanges: 1, endsWanted: true })
    expect(scan([null])).toMatchObject({ lines: 1, openLines: 1, openRanges: 1, endsWanted: null })
  })

  test('is looked up for the lines that conditions find', () => {
    expect(scan([1e9, null, 2e9, null, null], [read(parseGrep('at 4'))])).toMatchObject({ lines: 1, endsWanted: true })
    expect(scan([1e9, null, 2e9, null, 1e9], [read(parseGrep('at 1'))])).toMatchObject({ lines: 0, endsWanted: false })
    expect(scan([null, null, null, 2e9], [read(parseGrep('at 1'))])).toMatchObject({ lines: 1, openLines: 1, endsWanted: true })
  })
})

test('any bytes match exactly where parsing every line says so', () => {
  const name = fc.constantFrom('a', 'b', 'a.b', 'b.a/b', 'level', 'time', 'a/b', 'é')
  const text = fc.oneof(name, fc.constantFrom('error', '50', '5', '1e1', 'true', 'null', '"', '\\', '\ufffd', '😀', ''), fc.string({ maxLength: 3 }))
  const space = fc.constantFrom('', '', '', ' ', '\t', '\r')
  const escaped = text.map((plain) => `"${plain.split('').map((character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`)
  const written = fc.oneof({ weight: 12, arbitrary: text.map((plain) => JSON.stringify(plain)) }, { weight: 1, arbitrary: escaped }, { weight: 1, arbitrary: text.map((plain) => JSON.stringify(plain).replaceAll('/', '\\/')) })
  const { value } = fc.letrec<{ value: string, object: string }>((tie) => ({
    value: fc.oneof({ depthSize: 'small' }, written, fc.constantFrom('50', '5', '10', '1e1', '-0', '5.0', '50.000', `5${'0'.repeat(40)}e-40`, 'true', 'null'), tie('object'), tie('value').map((inner) => `[${inner}]`)),
    object: fc.array(fc.tuple(space, written, space, tie('value'), space), { maxLength: 4 }).map((fields) => `{${fields.map(([before, key, after, inner, last]) => `${before}${key}${after}:${before}${inner}${last}`).join(',')}}`)
  }))
  const object = fc.array(fc.tuple(space, fc.oneof(name.map((plain) => JSON.stringify(plain)), written), space, value), { maxLength: 5 })
    .map((fields) => `{${fields.map(([before, key, after, inner]) => `${before}${key}${after}:${before}${inner}`).join(',')}}`)
  const line = fc.oneof(
    { weight: 10, arbitrary: object.map((json) => Buffer.from(json)) },
    { weight: 1, arbitrary: value.map((json) => Buffer.from(json)) },
    { weight: 2, arbitrary: fc.tuple(object, fc.nat(), fc.uint8Array({ maxLength: 2 })).map(([json, at, bytes]) => { const made = Buffer.from(json); made.set(bytes.slice(0, made.length), at % Math.max(1, made.length - 1)); return made }) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)) }
  ).map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 0x0a)))
  const wanted = fc.tuple(fc.array(name, { minLength: 1, maxLength: 2 }), fc.constantFrom('', '=', '!=', '>', '<=', '~'), fc.oneof(text, fc.constantFrom('warn', '"5"')))
    .map(([path, operator, right]) => `${path.join('.')}${operator}${operator === '' ? '' : right}`).filter((match) => 'value' in parseMatch(match))
  const condition = fc.oneof(wanted.map((match) => ({ match, condition: read(parseMatch(match)) })), text.filter((plain) => !plain.includes('\n') && !/^\/.+\/[a-z]*$/.test(plain)).map((grep) => ({ grep, condition: read(parseGrep(grep)) })))
  fc.assert(fc.property(fc.array(line, { minLength: 1, maxLength: 6 }), fc.array(condition, { minLength: 1, maxLength: 2 }), (lines, asked) => {
    const expected = lines.filter((bytes) => asked.every((each) => 'grep' in each ? bytes.includes(Buffer.from(each.grep)) : says(bytes.toString(), each.match)))
    expect(found(asked.map((each) => each.condition), Buffer.concat(lines.flatMap((bytes) => [bytes, Buffer.from('\n')])))).toEqual(expected.map((bytes) => bytes.toString('latin1')))
  }), { numRuns: 1_000 })
})

/** What a match means, said once more in the simplest way. */
function says (line: string, match: string): boolean {
  const [, field = '', operator = '', right = ''] = /^([^=!<>~]+)(!=|>=|<=|=|>|<|~)?(.*)$/s.exec(match) ?? []
  let value: unknown
  try {
    const record = JSON.parse(line) as unknown
    if (typeof record !== 'object' || record === null || Array.isArray(record)) return false
    value = valueAt(record, field.trim())
  } catch {
    return false
  }
  const isQuoted = /^".*"$/s.test(right) && isJson(right)
  const plain = isQuoted ? String(JSON.parse(right)) : right
  const number = !isQuoted && /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : NaN
  const levels: Record<string, number> = { trace: 10, debug: 20, info: 30, warn: 40, warning: 40, error: 50, fatal: 60 }
  const named = (name: unknown): number => typeof name === 'number' ? name : typeof name === 'string' ? levels[name.toLowerCase()] ?? NaN : NaN
  const level = field.trim() === 'level' && !isQuoted ? (Number.isNaN(number) ? levels[plain.toLowerCase()] ?? NaN : number) : NaN
  const left: unknown = Number.isNaN(level) ? value : named(value)
  const limit: unknown = Number.isNaN(level) ? (Number.isNaN(number) ? plain : number) : level
  const isEqual = (!Number.isNaN(level) && left === level) || (typeof value === 'string' ? value === plain : typeof value === 'number' ? value === number : (value === null || typeof value === 'boolean') && !isQuoted && String(value) === plain)
  switch (operator) {
    case '': return value !== undefined
    case '=': return isEqual
    case '!=': return !isEqual
    case '~': return (value === null || ['string', 'number', 'boolean'].includes(typeof value)) && new RegExp(right).test(String(value))
    case '>': return typeof left === typeof limit && (left as number) > (limit as number)
    default: return typeof left === typeof limit && (left as number) <= (limit as number)
  }
}

/** A key counts that is the path or its beginning, the shortest first. */
function valueAt (inner: unknown, path: string): unknown {
  if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return undefined
  const begun = Object.entries(inner).filter(([key]) => path === key || path.startsWith(`${key}.`)).sort(([a], [b]) => a.length - b.length)
  return begun.map(([key, value]): unknown => key === path ? value : valueAt(value, path.slice(key.length + 1))).find((value) => value !== undefined)
}

function isJson (text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
