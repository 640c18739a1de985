// The option `routes`: a log of its own each, and every way in which two would be at odds.
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { RotorOptionsError } from '../../../src/errors.js'
import { parseOptions } from '../../../src/options/parse-options.js'
import { actAs } from '../../support/platform.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

let folder: string

beforeEach(() => { folder = temporaryFolder() })

function at (name: string): string {
  return join(folder, name)
}

function faults (routes: unknown, common: object = {}): Array<[string, string, string]> {
  try {
    parseOptions({ file: at('app.log'), ...common, routes })
    return []
  } catch (error) {
    if (!(error instanceof RotorOptionsError)) throw error
    return error.faults.map(({ path, expected, received }) => [path, expected, received])
  }
}

const error = { level: 'error' }
const request = { kind: 'request' }

test('gives a route the common options, except for its own', () => {
  const { routes, ...main } = parseOptions({
    file: at('app.log'), size: '1m', compress: 'brotli', limit: { count: 3 }, routes: [{ file: at('error.log'), match: error, size: '2m', limit: { age: '90d' } }, { file: at('request.log'), match: request }]
  })
  const common = { ...main, routes: [] }
  expect(routes).toEqual([
    {
      match: { levelMin: 50, levelName: 'error', fields: [] },
      settings: { ...common, file: at('error.log'), fileBytesMax: 2 * 1024 ** 2, limits: { count: 10, ageMs: 90 * 86_400_000, totalBytes: Infinity, freeBytesMin: 0 } }
    },
    { match: { levelMin: null, levelName: null, fields: [['kind', 'request']] }, settings: { ...common, file: at('request.log') } }
  ])
})

test('takes levels by name and number, and any value that JSON has for a field', () => {
  const routes = [{ level: 35, a: 1 }, { a: null, b: false, c: 'text', level: undefined }].map((match, index) => ({ file: at(`${index}.log`), match }))
  expect(parseOptions({ file: at('app.log'), routes }).routes.map(({ match }) => match)).toEqual([
    { levelMin: 35, levelName: null, fields: [['a', 1]] }, { levelMin: null, levelName: null, fields: [['a', null], ['b', false], ['c', 'text']] }
  ])
})

test('takes the name of a custom level, with its number if pino has added the levels to the options', () => {
  const levels = (...names: string[]): unknown => names.map((level, index) => ({ file: at(`${index}.log`), match: { level } }))
  const parsed = (options: object): unknown => parseOptions({ file: at('app.log'), ...options }).routes.map(({ match: { levelMin, levelName } }) => [levelName, levelMin])
  const names = ['notice', 'audit', 'http', 'critical', 'warning', 'emerg']
  expect(parsed({ routes: levels(...names) })).toEqual(names.map((name) => [name, Infinity]))
  expect(parsed({ routes: levels('eror', 'audit', 'notice'), levels: { notice: 35, eror: 51, audit: NaN } })).toEqual([['eror', 51], ['audit', Infinity], ['notice', 35]])
})

test('a level without a known number matches only its own lines', () => {
  const match = (level: string | number): object => ({ file: at(`${level}.log`), match: { level } })
  expect(faults([match('notice'), match(60), match('audit'), match('fatal')])).toEqual([['routes.3.match', expect.any(String), expect.any(String)]])
  expect(faults([match('notice'), { ...match('notice'), file: at('other.log') }])).toEqual([['routes.1.match', expect.any(String), expect.any(String)]])
  expect(faults([match(10), match('notice')])).toEqual([])
})

test.each([
  ['no list', { file: 'x' }, 'routes', 'a list'],
  ['a route that is none', ['error.log'], 'routes.0', 'a route such as'],
  ['a route without a file', [{ match: error }], 'routes.0.file', 'the path of a file'],
  ['a route without a match', [{ file: 'error.log' }], 'routes.0.match', 'what a line must have'],
  ['an empty match', [{ file: 'error.log', match: {} }], 'routes.0.match', 'an empty object would match every line'],
  ['a level that is none', [{ file: 'error.log', match: { level: 'eror' } }], 'routes.0.match.level', 'nearest: "error"'],
  ['a level in capitals', [{ file: 'error.log', match: { level: 'ERROR' } }], 'routes.0.match.level', 'nearest: "error"'],
  ['a level without a name', [{ file: 'error.log', match: { level: '' } }], 'routes.0.match.level', 'one of pino\'s levels'],
  ['a level that no number reaches', [{ file: 'error.log', match: { level: Infinity } }], 'routes.0.match.level', 'one of pino\'s levels'],
  ['a value that no line has', [{ file: 'error.log', match: { kind: NaN } }], 'routes.0.match.kind', 'a value that a field'],
  ['an object as a value', [{ file: 'error.log', match: { kind: {} } }], 'routes.0.match.kind', 'a value that a field'],
  ['an option that is wrong in a route', [{ file: 'error.log', match: error, size: 5 }], 'routes.0.size', 'a size with a unit'],
  ['a nested option that is wrong in a route', [{ file: 'error.log', match: error, limit: { count: 0 } }], 'routes.0.limit.count', 'above zero'],
  ['an unknown option in a route', [{ file: 'error.log', match: error, sise: '5m' }], 'routes.0.sise', 'nearest: "size"'],
  ['routes within a route', [{ file: 'error.log', match: error, routes: [] }], 'routes.0.routes', 'no routes within']
])('refuses %s', (_what, routes, path, expected) => {
  expect(faults(routes)).toEqual([[path, expect.stringContaining(expected), expect.any(String)]])
})

test('reports a fault of the common options once, and a route\'s own fault at the route', () => {
  expect(faults([{ file: at('error.log'), match: error }], { size: 5 }).map(([path]) => path)).toEqual(['size'])
  expect(faults([{ file: at('error.log'), match: error, frequency: 'monthly' }], { bundle: { frequency: 'daily' } }).map(([path]) => path)).toEqual(['routes.0.bundle.frequency'])
  expect(faults([{ file: at('error.log'), match: error, size: 5 }], { size: 7 }).map(([path, , received]) => [path, received])).toEqual([['size', '7'], ['routes.0.size', '5']])
})

test.each([
  [{ level: 'error' }, { level: 'fatal' }, true],
  [{ level: 'error' }, { level: 'error', kind: 'a' }, true],
  [{ kind: 'a' }, { kind: 'a' }, true],
  [{ kind: 'a' }, { level: 'error', kind: 'a' }, true],
  [{ level: 'error' }, { level: 'warn' }, false],
  [{ level: 'error' }, { kind: 'a' }, false],
  [{ kind: 'a' }, { kind: 'b' }, false],
  [{ kind: 'a', ok: true }, { kind: 'a' }, false]
])('after a route for %j, one for %j can never match: %j', (first, second, isRefused) => {
  const found = faults([{ file: at('1.log'), match: first }, { file: at('2.log'), match: second }])
  expect(found.map(([path, expected]) => [path, expected])).toEqual(isRefused ? [['routes.1.match', 'lines that routes.0, which comes first, does not take already']] : [])
})

test('lets two routes share a file only with the same options, the main file included', () => {
  const shared = { file: at('some.log'), match: error }
  expect(faults([shared, { ...shared, match: request }])).toEqual([])
  expect(faults([shared, { ...shared, match: request, size: '1m' }]).map(([path]) => path)).toEqual(['routes.1.file'])
  expect(faults([{ file: at('app.log'), match: error }])).toEqual([])
  expect(faults([{ file: at('x/../app.log'), match: error, compress: false }]).map(([path]) => path)).toEqual(['routes.0.file'])
})

test('refuses a file that has the name of an archive of another', () => {
  for (const name of ['app.20251001.log', 'app.20251001_121111.3.log', 'app.20251001.log.gz']) {
    expect(faults([{ file: at(name), match: error }]).map(([path]) => path), name).toEqual(['routes.0.file'])
  }
  expect(faults([{ file: at('app.error.log'), match: error }, { file: at('sub/app.20251001.log'), match: request }])).toEqual([])
})

test('leaves the common link to the main file, and refuses one that another file or link has', () => {
  expect(parseOptions({ file: at('app.log'), symlink: true, routes: [{ file: at('error.log'), match: error }] }).routes[0]?.settings.link).toBeNull()
  for (const symlink of ['current.log', 'app.log']) {
    expect(faults([{ file: at('error.log'), match: error, symlink }], { symlink: true }).map(([path]) => path), symlink).toEqual(['routes.0.symlink'])
  }
})

test('refuses bundles of two files that would have the same names', () => {
  const inside = { file: at('sub/app.log'), match: error }
  expect(faults([{ ...inside, bundle: { directory: 'archive' } }], { bundle: { directory: 'sub/archive' } }).map(([path]) => path)).toEqual(['routes.0.bundle.directory'])
  expect(faults([{ ...inside, bundle: false }], { bundle: { frequency: 'daily', directory: 'sub' } }).map(([path]) => path)).toEqual(['routes.0.bundle.directory'])
  expect(faults([inside, { file: at('error.log'), match: request }], { bundle: {} })).toEqual([])
})

describe.each(['win32', 'darwin'] as const)('on %s, where names that differ by case alone are one name,', (platform) => {
  test.each([
    ['two routes', [{ file: 'error.log', match: error }, { file: 'Error.LOG', match: request }], 'routes.1.file'],
    ['a route and the main file', [{ file: 'APP.log', match: error }], 'routes.0.file'],
    ['folders', [{ file: 'a/error.log', match: error }, { file: 'A/error.log', match: request }], 'routes.1.file'],
    ['letters beyond ASCII', [{ file: 'é.log', match: error }, { file: 'E\u0301.log', match: request }], 'routes.1.file']
  ])('refuses %s', (_, routes, path) => {
    actAs(platform)
    expect(faults(routes.map((route) => ({ ...route, file: at(route.file) })))).toMatchObject([[path, expect.stringContaining('more than case'), expect.anything()]])
  })

  test('refuses a name that is one of an archive of the other', () => {
    actAs(platform)
    expect(faults([{ file: at('APP.20251001.log'), match: error }])).toHaveLength(1)
  })

  test('takes two routes of one file that is written alike', () => {
    actAs(platform)
    expect(faults([{ file: at('error.log'), match: error }, { file: at('error.log'), match: request }])).toEqual([])
  })
})

test('elsewhere, names that differ by case alone are two names', () => {
  expect(faults([{ file: at('error.log'), match: error }, { file: at('Error.log'), match: request }])).toEqual([])
})
