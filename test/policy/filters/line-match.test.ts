// Which lines match: what JSON.parse says of each, found with fewer parsings.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Match } from '../../../src/options/settings.js'
import { LineMatcher } from '../../../src/policy/filters/line-match.js'

function matching (match: Partial<Match>, ...lines: string[]): string[] {
  const matcher = new LineMatcher({ levelMin: null, levelName: null, fields: [], ...match })
  const chunk = Buffer.from(lines.map((line) => `${line}\n`).join(''))
  matcher.begin(chunk)
  let start = 0
  return lines.filter((line) => {
    const end = start + Buffer.byteLength(line)
    const matches = matcher.matches(start, end)
    start = end + 1
    return matches
  })
}

describe('a level', () => {
  test('matches that level and above, also levels of your own', () => {
    const lines = [30, 49, 50, 55, 60].map((level) => `{"level":${level},"msg":"m"}`)
    expect(matching({ levelMin: 50 }, ...lines)).toEqual(lines.slice(2))
    expect(matching({ levelMin: 35 }, '{"level":35}', '{"level":34}')).toEqual(['{"level":35}'])
  })

  test('is found if it is not first, and if the line has its name', () => {
    const lines = ['{"time":1,"level":50}', '{"level":"error"}', '{"level":"fatal","a":1}', '{ "level" : 60 }', '{"level":5e1}']
    expect(matching({ levelMin: 50 }, ...lines, '{"level":"info"}', '{"level":"own"}', '{"time":1}', '{"a":{"level":60}}', '{"level":null}')).toEqual(lines)
  })

  test('is the one that pino wrote, not a later field of the same name', () => {
    expect(matching({ levelMin: 50 }, '{"level":30,"level":60}', '{"level":50,"level":10}')).toEqual(['{"level":50,"level":10}'])
  })
})

describe('a level by name', () => {
  const lines = [30, 35, 50].map((level) => `{"level":${level}}`)

  test('takes no line before its number is known, and then that and above, also from lines that name it', () => {
    const matcher = new LineMatcher({ levelMin: Infinity, levelName: 'notice', fields: [] })
    const named = [...lines, '{"level":"notice"}', '{"level":"chat"}']
    const found = (): string[] => named.filter((line) => {
      matcher.begin(Buffer.from(line))
      return matcher.matches(0, line.length)
    })
    expect(found()).toEqual([])
    matcher.nameLevels({ chat: 25, notice: 35 })
    expect(found()).toEqual([...lines.slice(1), '{"level":"notice"}'])
  })

  test('has the number that the logger gives it', () => {
    const matcher = new LineMatcher({ levelMin: 50, levelName: 'error', fields: [] })
    matcher.nameLevels({ error: 3, warn: 4 })
    matcher.begin(Buffer.from('{"level":4}'))
    expect(matcher.matches(0, 11)).toBe(true)
  })
})

describe('a field', () => {
  test('has its value at the top of the line', () => {
    const lines = ['{"level":30,"kind":"request"}', '{"kind":"request","a":1}']
    expect(matching({ fields: [['kind', 'request']] }, ...lines, '{"a":{"kind":"request"}}', '{"kind":"requests"}', '{"msg":"\\"kind\\":\\"request\\""}', '{"akind":"request"}')).toEqual(lines)
    expect(matching({ fields: [['n', 1]] }, '{"n":1}', '{"n":10}', '{"n":"1"}', '{"n":1.5}')).toEqual(['{"n":1}'])
    expect(matching({ fields: [['audit', true]] }, '{"audit":true}', '{"audit":false}')).toEqual(['{"audit":true}'])
  })

  test('is found in the one line that has it among many', () => {
    const lines = Array.from({ length: 50 }, (_, index) => index % 7 === 0 ? `{"kind":"request","n":${index}}` : `{"n":${index}}`)
    expect(matching({ fields: [['kind', 'request']] }, ...lines)).toEqual(lines.filter((line) => line.includes('request')))
  })
})

describe('lines that are not as pino writes them', () => {
  const request = { fields: [['kind', 'request']] } as const

  test.each([
    ['spaces and tabs', '{"level": 50, "kind": "request"}', '{ "kind"\t:\t"request" }', '{"kind":"request" }'],
    ['escapes in keys', '{"k\\u0069nd":"request"}', '{"\\u006b\\u0069\\u006E\\u0064":"request"}'],
    ['escapes in values', '{"kind":"requ\\u0065st"}'],
    ['the key as a value before', '{"msg":"kind","kind":"request"}', '{"a":["kind"],"kind":"request"}'],
    ['the key in an object before', '{"a":{"kind":"other"},"kind":"request"}']
  ])('match as JSON.parse reads them: %s', (_, ...lines) => {
    expect(matching(request, ...lines)).toEqual(lines)
  })

  test.each([
    ['the field in an object only', '{"a":{"kind":"request"}}', '{ "a": [{ "kind": "request" }] }'],
    ['the field in a text only', '{"msg":"{\\"kind\\":\\"request\\"}"}', '{"msg": "\\u0022kind\\u0022:\\u0022request\\u0022"}'],
    ['another value', '{"kind": "requests"}', '{"kind":["request"]}', '{"kind":{"kind":"request"}}', '{"kind": null}']
  ])('match nothing: %s', (_, ...lines) => {
    expect(matching(request, ...lines)).toEqual([])
  })

  test('have the last of two fields of one name', () => {
    expect(matching(request, '{"kind":"request","kind":"other"}', '{"kind":"other","kind":"request"}', '{"kind":"other","kind": "request"}'))
      .toEqual(['{"kind":"other","kind":"request"}', '{"kind":"other","kind": "request"}'])
  })

  test('may write numbers, slashes and levels in other ways', () => {
    const numbers = ['{"n":100}', '{"n":1e2}', '{"n": 100.0}', '{"n":1.0E+2 }', `{"n":100.${'0'.repeat(60)}}`]
    expect(matching({ fields: [['n', 100]] }, ...numbers, '{"n":1000}', '{"n":"100"}', '{"n":10}', '{"n":[100]}')).toEqual(numbers)
    const slashes = ['{"url":"/a"}', '{"url":"\\/a"}', '{"url": "\\u002fa"}']
    expect(matching({ fields: [['url', '/a']] }, ...slashes, '{"url":"/b"}')).toEqual(slashes)
    const levels = ['{"l\\u0065vel":50}', '{ "level" : 5.0e1 }', '{"a":1,"level":"\\u0065rror"}']
    expect(matching({ levelMin: 50 }, ...levels, '{"l\\u0065vel":40}')).toEqual(levels)
  })
})

test('a line that is not JSON never matches', () => {
  expect(matching({ levelMin: 10 }, 'plain text', '{"level":50', '{"level":50,oops}', '[{"level":50}]', '', 'null', '"level"', '{"level":50}{"level":50}')).toEqual([])
  expect(matching({ fields: [['kind', 'request']] }, 'x "kind":"request"', '{"kind":"request"', '["kind":"request"]')).toEqual([])
})

test('several conditions must all hold', () => {
  const match = { levelMin: 50, fields: [['kind', 'request'], ['ok', false]] as const }
  const wanted = '{"level":50,"kind":"request","ok":false}'
  expect(matching(match, '{"level":40,"kind":"request","ok":false}', wanted, '{"level":50,"kind":"request"}', '{"level":50,"ok":false}')).toEqual([wanted])
})

test('any lines match exactly where their fields do', () => {
  const value = fc.oneof(fc.string(), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number === 0 ? 0 : number), fc.boolean(), fc.constant(null), fc.string({ unit: 'grapheme' }))
  const key = fc.oneof(fc.constantFrom('kind', 'a', 'level2'), fc.string({ minLength: 1 })).filter((name) => name !== 'level' && name !== '__proto__')
  const record = fc.record({ level: fc.constantFrom(10, 30, 50, 60), more: fc.dictionary(key, fc.oneof(value, fc.dictionary(key, value))) })
  fc.assert(fc.property(fc.array(record, { minLength: 1, maxLength: 20 }), fc.nat(), fc.constantFrom(null, 30, 50), (records, pick, levelMin) => {
    const all: Array<Record<string, unknown>> = records.map(({ level, more }) => ({ level, ...more }))
    const chosen = Object.entries(records[pick % records.length]?.more ?? {}).filter((entry): entry is [string, string] => typeof entry[1] !== 'object')
    const fields = chosen.slice(0, 2)
    const expected = all.filter((one) => (levelMin === null || Number(one['level']) >= levelMin) && fields.every(([field, wanted]) => one[field] === wanted))
    expect(matching({ levelMin, fields }, ...all.map((one) => JSON.stringify(one)))).toEqual(expected.map((one) => JSON.stringify(one)))
  }))
})

test('any JSON matches exactly where JSON.parse says so, however it is written', () => {
  const characters = fc.constantFrom(...'kind level"\\/{}:,ab1é😀\n')
  const text = fc.oneof({ weight: 12, arbitrary: fc.constantFrom('kind', 'level', 'a/b') }, fc.constantFrom('é', '"', '\\u'), fc.string({ unit: characters, maxLength: 6 }))
  const space = fc.constantFrom('', '', '', ' ', '\t', ' \r ')
  const escaped = text.map((plain) => `"${plain.split('').map((character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`)
  const written = fc.oneof(
    { weight: 20, arbitrary: text.map((plain) => JSON.stringify(plain)) },
    { weight: 2, arbitrary: text.map((plain) => JSON.stringify(plain).replaceAll('/', '\\/')) },
    { weight: 1, arbitrary: escaped }
  )
  const number = fc.constantFrom('1', '1.0', '10e-1', '50', '5e1', '-0', '30')
  const { value } = fc.letrec<{ value: string, object: string }>((tie) => ({
    value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, written, number, fc.constantFrom('true', 'null'), tie('object'), fc.tuple(space, tie('value')).map(([blank, inner]) => `[${blank}${inner}]`)),
    object: fc.array(fc.tuple(space, written, space, tie('value')), { maxLength: 4 }).map((fields) => `{${fields.map(([before, key, after, inner]) => `${before}${key}${after}:${before}${inner}${after}`).join(',')}}`)
  }))
  const line = fc.oneof(
    fc.array(fc.tuple(space, written, value), { minLength: 1, maxLength: 6 }).map((fields) => `{${fields.map(([blank, key, inner]) => `${blank}${key}${blank}:${blank}${inner}`).join(',')}}`),
    value
  )
  const wanted = fc.oneof(text, fc.constantFrom(0, 1, 50, true, null))
  const match = fc.record({ levelMin: fc.constantFrom(null, null, 1, 50), levelName: fc.constant(null), fields: fc.array(fc.tuple(text, wanted), { maxLength: 2 }) })
  const oracle = (json: string, { levelMin, fields }: Match): boolean => {
    const record = JSON.parse(json) as Record<string, unknown> | null
    if (typeof record !== 'object' || record === null || Array.isArray(record)) return false
    const first = /^\{"level":(\d+)[,}]/.exec(json)?.[1]
    const level = first === undefined ? record['level'] : Number(first)
    // A number in quotes is no level.
    const reached = levelMin === null || (level === 'error' ? 50 : typeof level === 'number' ? level : -1) >= levelMin
    return reached && fields.every(([field, value]) => Object.hasOwn(record, field) && record[field] === value)
  }
  fc.assert(fc.property(fc.array(line, { minLength: 1, maxLength: 6 }), match, (lines, wanted) => {
    expect(matching(wanted, ...lines)).toEqual(lines.filter((json) => oracle(json, wanted)))
  }), { numRuns: 1_500 })
})
