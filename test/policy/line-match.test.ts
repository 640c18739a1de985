// Which lines match: what JSON.parse says of each, found with fewer parsings.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Match } from '../../src/options/settings.js'
import { LineMatcher } from '../../src/policy/line-match.js'

function matching (match: Partial<Match>, ...lines: string[]): string[] {
  const matcher = new LineMatcher({ levelMin: null, fields: [], ...match })
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
  test('takes that and above, also levels of your own', () => {
    const lines = [30, 49, 50, 55, 60].map((level) => `{"level":${level},"msg":"m"}`)
    expect(matching({ levelMin: 50 }, ...lines)).toEqual(lines.slice(2))
    expect(matching({ levelMin: 35 }, '{"level":35}', '{"level":34}')).toEqual(['{"level":35}'])
  })

  test('is found where it is not first, and where the line names it', () => {
    const lines = ['{"time":1,"level":50}', '{"level":"error"}', '{"level":"fatal","a":1}', '{ "level" : 60 }', '{"level":5e1}']
    expect(matching({ levelMin: 50 }, ...lines, '{"level":"info"}', '{"level":"own"}', '{"time":1}', '{"a":{"level":60}}', '{"level":null}')).toEqual(lines)
  })

  test('is the one that pino wrote, not a later field of the same name', () => {
    expect(matching({ levelMin: 50 }, '{"level":30,"level":60}', '{"level":50,"level":10}')).toEqual(['{"level":50,"level":10}'])
  })
})

describe('a field', () => {
  test('has its value at the top of the line', () => {
    const lines = ['{"level":30,"kind":"request"}', '{"kind":"request","a":1}']
    expect(matching({ fields: [['kind', 'request']] }, ...lines, '{"a":{"kind":"request"}}', '{"kind":"requests"}', '{"msg":"\\"kind\\":\\"request\\""}', '{"akind":"request"}')).toEqual(lines)
    expect(matching({ fields: [['n', 1]] }, '{"n":1}', '{"n":10}', '{"n":"1"}', '{"n":1.5}')).toEqual(['{"n":1}'])
    expect(matching({ fields: [['audit', true]] }, '{"audit":true}', '{"audit":false}')).toEqual(['{"audit":true}'])
  })

  test('is found in the line that has it, among many that have not', () => {
    const lines = Array.from({ length: 50 }, (_, index) => index % 7 === 0 ? `{"kind":"request","n":${index}}` : `{"n":${index}}`)
    expect(matching({ fields: [['kind', 'request']] }, ...lines)).toEqual(lines.filter((line) => line.includes('request')))
  })
})

test('a line that is not JSON never matches, whatever it looks like', () => {
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
