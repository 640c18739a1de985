import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import zlib from 'node:zlib'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { RotorOptionsError } from '../../src/errors.js'
import { defaultOptions } from '../../src/options/defaults.js'
import { parseOptions } from '../../src/options/parse-options.js'

let folder: string
let file: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pino-rotor-options-'))
  file = join(folder, 'app.log')
  mkdirSync(join(folder, 'folder'))
  symlinkSync(folder, join(folder, 'link'), 'junction')
})
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })

function faultsOf (raw: unknown) {
  try {
    parseOptions(raw)
  } catch (error) {
    if (error instanceof RotorOptionsError) return error.faults
    throw error
  }
  return []
}

// Which Node runs the tests must not decide what they see.
const ownZstd = Object.getOwnPropertyDescriptor(zlib, 'createZstdCompress')

function withZstd (present: boolean) {
  if (present) Object.defineProperty(zlib, 'createZstdCompress', { value: () => {}, configurable: true })
  else Reflect.deleteProperty(zlib, 'createZstdCompress')
}

afterEach(() => {
  if (ownZstd === undefined) withZstd(false)
  else Object.defineProperty(zlib, 'createZstdCompress', ownZstd)
})

const parsed = (options: object) => parseOptions({ file, ...options })

describe('settings', () => {
  test('have the documented default for each option that is not given', () => {
    const expected = {
      file,
      enabled: true,
      fileBytesMax: 50 * 1024 ** 2,
      rotation: null,
      rotateWhen: null,
      timezone: 'UTC',
      stamp: 'datetime',
      compression: { algorithm: 'gzip', level: 6, after: { delayMs: 0 }, blocks: { index: [] } },
      limits: { count: 10, ageMs: 30 * 86_400_000, totalBytes: Infinity, freeBytesMin: 0 },
      sweep: { kind: 'interval', everyMs: 86_400_000 },
      bundle: null,
      upload: null,
      forward: null,
      metricsFile: null,
      link: null,
      mkdir: true,
      mode: 0o644,
      fsync: false,
      bufferBytesMax: 16 * 1024 ** 2,
      report: 'failures',
      routes: []
    }
    expect(parseOptions({ file })).toEqual(expected)
    expect(parseOptions({ file, ...defaultOptions })).toEqual(expected)
    expect(parseOptions({ file, ...Object.fromEntries(Object.keys(defaultOptions).map(key => [key, undefined])) })).toEqual(expected)
  })

  test('take every option', () => {
    expect(parseOptions({
      file,
      enabled: true,
      size: '1.5g',
      frequency: 'weekly',
      timezone: 'Europe/Berlin',
      stamp: 'date',
      compress: { algorithm: 'brotli', level: 11, after: '15m' },
      limit: { count: 3, age: '1w', totalSize: '5g', minFree: '1g' },
      sweep: '0 3 * * *',
      bundle: false,
      symlink: 'latest.log',
      mkdir: false,
      mode: 0o600,
      fsync: true,
      buffer: '1m',
      report: true,
      routes: []
    })).toEqual({
      file,
      enabled: true,
      fileBytesMax: 1.5 * 1024 ** 3,
      rotation: { kind: 'cron', expression: '0 0 * * 1', timezone: 'Europe/Berlin' },
      rotateWhen: null,
      timezone: 'Europe/Berlin',
      stamp: 'date',
      compression: { algorithm: 'brotli', level: 11, after: { delayMs: 900_000 }, blocks: null },
      limits: { count: 3, ageMs: 604_800_000, totalBytes: 5 * 1024 ** 3, freeBytesMin: 1024 ** 3 },
      sweep: { kind: 'cron', expression: '0 3 * * *', timezone: 'Europe/Berlin' },
      bundle: null,
      upload: null,
      forward: null,
      metricsFile: null,
      link: 'latest.log',
      mkdir: false,
      mode: 0o600,
      fsync: true,
      bufferBytesMax: 1024 ** 2,
      report: 'all',
      routes: []
    })
  })

  test('have neither size nor schedule if the log only appends', () => {
    const { enabled, fileBytesMax, rotation } = parsed({ enabled: false, size: '1m', frequency: 'daily' })
    expect({ enabled, fileBytesMax, rotation }).toEqual({ enabled: false, fileBytesMax: Infinity, rotation: null })
  })

  test('lifts every limit that is false', () => {
    expect(parsed({ size: false }).fileBytesMax).toBe(Infinity)
    expect(parsed({ frequency: false }).rotation).toBeNull()
    expect(parsed({ compress: false }).compression).toBeNull()
    expect(parsed({ report: false }).report).toBe('nothing')
    expect(parsed({ limit: false }).limits).toEqual({ count: Infinity, ageMs: Infinity, totalBytes: Infinity, freeBytesMin: 0 })
    expect(parsed({ limit: { count: false, age: false, totalSize: false, minFree: false } }).limits).toEqual(parsed({ limit: false }).limits)
  })

  test('keep the defaults of limits that are not named', () => {
    expect(parsed({ limit: { totalSize: '1g' } }).limits).toEqual({ count: 10, ageMs: 30 * 86_400_000, totalBytes: 1024 ** 3, freeBytesMin: 0 })
    expect(parsed({ limit: { age: false } }).limits).toMatchObject({ count: 10, ageMs: Infinity })
  })

  test('give each algorithm its usual level', () => {
    expect(parsed({ compress: 'brotli' }).compression).toEqual({ algorithm: 'brotli', level: 5, after: { delayMs: 0 }, blocks: null })
    expect(parsed({ compress: { level: 0 } }).compression).toEqual({ algorithm: 'gzip', level: 0, after: { delayMs: 0 }, blocks: { index: [] } })
    expect(parsed({ compress: { after: 'sweep' } }).compression).toEqual({ algorithm: 'gzip', level: 6, after: 'sweep', blocks: { index: [] } })
    expect(parsed({ compress: {} }).compression).toEqual({ algorithm: 'gzip', level: 6, after: { delayMs: 0 }, blocks: { index: [] } })
  })

  test('take the index of blocks, and no blocks', () => {
    expect(parsed({ compress: { index: ['reqId', 'user.id'] } }).compression).toMatchObject({ algorithm: 'gzip', blocks: { index: ['reqId', 'user.id'] } })
    expect(parsed({ compress: { blocks: false } }).compression).toMatchObject({ algorithm: 'gzip', blocks: null })
    expect(parsed({ compress: { algorithm: 'brotli', blocks: false } }).compression).toMatchObject({ algorithm: 'brotli', blocks: null })
  })

  test('take zstd if Node has it', () => {
    withZstd(true)
    expect(parsed({ compress: 'zstd' }).compression).toEqual({ algorithm: 'zstd', level: 3, after: { delayMs: 0 }, blocks: null })
    expect(parsed({ compress: { algorithm: 'zstd', level: 22 } }).compression).toMatchObject({ level: 22 })
    expect(faultsOf({ file, compress: { algorithm: 'zstd', level: 0 } })).toMatchObject([{ path: 'compress.level', expected: 'a level from 1 to 22 for zstd' }])
  })

  test('ignore the keys that pino and thread-stream add', () => {
    expect(parsed({ $context: { threadStreamVersion: '4' }, pinoWillSendConfig: true, levels: { notice: 35 }, dedupe: true })).toEqual(parsed({}))
  })

  test('come without a file being touched', () => {
    parseOptions({ file: join(folder, 'new', 'app.log') })
    expect(readdirSync(folder).sort()).toEqual(['folder', 'link'])
  })
})

describe('a fault', () => {
  test.each<[string, object, string, string, string]>([
    ['enabled', { enabled: 1 }, 'enabled', 'true or false', '1'],
    ['a size without a unit', { size: 10 }, 'size', '"10m" if megabytes were meant, "10b" if bytes', '10'],
    ['a size of zero', { size: 0 }, 'size', 'or false for no limit', '0'],
    ['a size of zero with a unit', { size: '0m' }, 'size', 'at least 1 byte', "'0m'"],
    ['a negative size', { size: -1 }, 'size', 'a size above zero', '-1'],
    ['an infinite size', { size: Infinity }, 'size', 'a size above zero', 'Infinity'],
    ['a size that is null', { size: null }, 'size', 'a size above zero', 'null'],
    ['a word that is near a period', { frequency: 'dayly' }, 'frequency', 'nearest: "daily"', "'dayly'"],
    ['a frequency under a second', { frequency: '500ms' }, 'frequency', 'at least 1 second', "'500ms'"],
    ['a frequency without a unit', { frequency: 60000 }, 'frequency', '"60000ms" if milliseconds', '60000'],
    ['a cron expression out of range', { frequency: '60 * * * *' }, 'frequency', 'minute: 60', "'60 * * * *'"],
    ['a cron expression that never comes true', { frequency: '0 0 31 2 *' }, 'frequency', 'comes true', "'0 0 31 2 *'"],
    ['a zone', { timezone: 'Mars/Olympus' }, 'timezone', 'IANA', "'Mars/Olympus'"],
    ['a stamp', { stamp: 'YYYY' }, 'stamp', '"datetime" or "date"', "'YYYY'"],
    ['a compression that is true', { compress: true }, 'compress', '"gzip", "brotli" or "zstd"', 'true'],
    ['a compression that is null', { compress: null }, 'compress', '"gzip", "brotli" or "zstd"', 'null'],
    ['a compression that is a list', { compress: ['gzip'] }, 'compress', '{ algorithm, level, after, blocks, index }', "[ 'gzip' ]"],
    ['an algorithm', { compress: { algorithm: 'lz4' } }, 'compress.algorithm', '"gzip", "brotli" or "zstd"', "'lz4'"],
    ['a level out of gzip\'s range', { compress: { level: 10 } }, 'compress.level', '0 to 9 for gzip', '10'],
    ['a level out of brotli\'s range', { compress: { algorithm: 'brotli', level: 12 } }, 'compress.level', '0 to 11 for brotli', '12'],
    ['a broken level', { compress: { level: 1.5 } }, 'compress.level', 'whole number', '1.5'],
    ['a level that is text', { compress: { level: '6' } }, 'compress.level', 'whole number', "'6'"],
    ['a delay of zero', { compress: { after: '0s' } }, 'compress.after', 'above zero, or "sweep"', "'0s'"],
    ['a delay that is false', { compress: { after: false } }, 'compress.after', 'or "sweep"', 'false'],
    ['blocks that are no switch', { compress: { blocks: 1 } }, 'compress.blocks', 'true or false', '1'],
    ['blocks of brotli', { compress: { algorithm: 'brotli', blocks: true } }, 'compress.blocks', 'only gzip has blocks', 'true'],
    ['an index of brotli', { compress: { algorithm: 'brotli', index: ['reqId'] } }, 'compress.index', 'only gzip has blocks', "[ 'reqId' ]"],
    ['an index beside a module', { compress: { module: 'vitest', index: ['reqId'] } }, 'compress.index', 'only gzip has blocks', "[ 'reqId' ]"],
    ['an index without blocks', { compress: { blocks: false, index: ['reqId'] } }, 'compress.index', 'none beside "blocks": false', "[ 'reqId' ]"],
    ['an index that is a name', { compress: { index: 'reqId' } }, 'compress.index', 'an array of at most 4 different names', "'reqId'"],
    ['an index of five fields', { compress: { index: ['a', 'b', 'c', 'd', 'e'] } }, 'compress.index', 'at most 4', "[ 'a', 'b', 'c', 'd', ... 1 more item ]"],
    ['an index of a field twice', { compress: { index: ['a', 'a'] } }, 'compress.index', 'different', "[ 'a', 'a' ]"],
    ['an index of no name', { compress: { index: [''] } }, 'compress.index', 'names of fields', "[ '' ]"],
    ['an index of a number', { compress: { index: [1] } }, 'compress.index', 'names of fields', '[ 1 ]'],
    ['an index of too long a name', { compress: { index: ['é'.repeat(128)] } }, 'compress.index', 'names of fields', `[ '${'é'.repeat(60)}'... 68 more cha…`],
    ['an index of half a character', { compress: { index: ['\ud800'] } }, 'compress.index', 'names of fields', "[ '\\ud800' ]"],
    ['limits that are a number', { limit: 5 }, 'limit', '{ count: 10, age: "30d" }, or false', '5'],
    ['limits that are true', { limit: true }, 'limit', 'or false', 'true'],
    ['limits that are a map', { limit: new Map([['count', 3]]) }, 'limit', 'or false', "Map(1) { 'count' => 3 }"],
    ['a count of zero', { limit: { count: 0 } }, 'limit.count', 'whole number above zero, or false for no limit', '0'],
    ['a negative count', { limit: { count: -3 } }, 'limit.count', 'whole number', '-3'],
    ['a broken count', { limit: { count: 1.5 } }, 'limit.count', 'whole number', '1.5'],
    ['an infinite count', { limit: { count: Infinity } }, 'limit.count', 'false for no limit', 'Infinity'],
    ['a count that is text', { limit: { count: '5' } }, 'limit.count', 'whole number', "'5'"],
    ['an age of zero', { limit: { age: '0d' } }, 'limit.age', 'above zero', "'0d'"],
    ['an age without a unit', { limit: { age: 30 } }, 'limit.age', 'with a unit', '30'],
    ['a total size of zero', { limit: { totalSize: '0g' } }, 'limit.totalSize', 'at least 1 byte', "'0g'"],
    ['a free space without a unit', { limit: { minFree: 1 } }, 'limit.minFree', '"1m" if megabytes', '1'],
    ['a sweep that is false', { sweep: false }, 'sweep', 'a duration', 'false'],
    ['a sweep under a second', { sweep: '10ms' }, 'sweep', 'at least 1 second', "'10ms'"],
    ['mkdir', { mkdir: 'yes' }, 'mkdir', 'true or false', "'yes'"],
    ['a mode in decimal', { mode: 644 }, 'mode', '0o644', '644'],
    ['a mode that is text', { mode: '0600' }, 'mode', '0o600', "'0600'"],
    ['fsync', { fsync: null }, 'fsync', 'true or false', 'null'],
    ['a buffer that is false', { buffer: false }, 'buffer', 'a size', 'false'],
    ['a buffer without a unit', { buffer: 16 }, 'buffer', '"16m" if megabytes', '16'],
    ['a report', { report: 'all' }, 'report', 'true, false or "failures"', "'all'"],
    ['an unknown key', { frequncy: 'daily' }, 'frequncy', 'nearest: "frequency"', "'daily'"],
    ['an unknown key in capitals', { SIZE: '1m' }, 'SIZE', 'nearest: "size"', "'1m'"],
    ['an unknown key like no other', { colour: 1 }, 'colour', 'a known option (file, enabled, size', '1'],
    ['an unknown limit', { limit: { cuont: 1 } }, 'limit.cuont', 'nearest: "count"', '1'],
    ['an unknown key of compress', { compress: { lvl: 1 } }, 'compress.lvl', 'algorithm, level, module, after', '1'],
    ['pino-roll\'s dateFormat', { dateFormat: 'yyyy' }, 'dateFormat', '"stamp"', "'yyyy'"],
    ['pino-roll\'s extension', { extension: '.log' }, 'extension', 'part of "file"', "'.log'"],
    ['a symlink that is a path', { symlink: 'logs/current.log' }, 'symlink', 'the name of a link', "'logs/current.log'"],
    ['a symlink of the active file\'s own name', { symlink: 'app.log' }, 'symlink', 'another name', "'app.log'"],
    ['pino-roll\'s removeOtherLogFiles', { limit: { removeOtherLogFiles: true } }, 'limit.removeOtherLogFiles', 'not needed', 'true'],
    ['a limit one level too high', { count: 5 }, 'count', '"limit.count"', '5'],
    ['a key of every object', JSON.parse('{"__proto__": 1}') as object, '__proto__', 'a known option', '1'],
    ['another key of every object', { constructor: 1 }, 'constructor', 'a known option', '1'],
    ['a hint that is none', { toString: 1 }, 'toString', 'a known option', '1']
  ])('is found in %s', (_, options, path, expected, received) => {
    // Entries rather than a spread, so that a __proto__ stays an own key.
    const raw = Object.fromEntries([['file', file], ...Object.entries(options)] as Array<[string, unknown]>)
    expect(faultsOf(raw)).toEqual([{ path, expected: expect.stringContaining(expected) as string, received }])
  })

  test.each<[string, () => unknown, string]>([
    ['is missing', () => undefined, 'the path of the active file'],
    ['is empty', () => '', 'the path of a file'],
    ['is a function', () => () => file, 'a function cannot be passed to a worker'],
    ['is a URL', () => `file://${file}`, 'not a URL'],
    ['has an unknown placeholder', () => join(folder, '{date}.log'), '{date}'],
    ['is a folder', () => join(folder, 'folder'), 'a file, not a folder'],
    ['ends like a folder', () => join(folder, 'new/'), 'a file, not a folder'],
    ['is a symbolic link', () => join(folder, 'link'), 'not a symbolic link'],
    ['lies in a file', () => join(import.meta.filename, 'app.log'), `${import.meta.filename} is not a folder`]
  ])('is found in a file that %s', (_, given, expected) => {
    const raw = given()
    const [fault, ...others] = faultsOf(raw === undefined ? {} : { file: raw })
    expect(fault).toMatchObject({ path: 'file', expected: expect.stringContaining(expected) as string })
    expect(others).toEqual([])
  })

  test('shows the path of a file as it was given', () => {
    const [fault] = faultsOf({ file: 'src' })
    expect(fault).toEqual({ path: 'file', expected: 'a file, not a folder', received: "'src'" })
  })

  test('says which folder is missing if none may be created', () => {
    const [fault] = faultsOf({ file: join(folder, 'missing', 'app.log'), mkdir: false })
    expect(fault?.expected).toContain(`${join(folder, 'missing')} is missing`)
  })

  test('names the Node versions that have zstd if this one has not', () => {
    withZstd(false)
    for (const [compress, path] of [['zstd', 'compress'], [{ algorithm: 'zstd' }, 'compress.algorithm']] as const) {
      const [fault] = faultsOf({ file, compress })
      expect(fault).toMatchObject({ path, expected: expect.stringMatching(/22\.15.*23\.8/) as string })
    }
  })

  test.each([[undefined], [null], ['logs/app.log'], [1], [[]], [() => ({})], [new Map()]])('is found at the root if options are %s', raw => {
    expect(faultsOf(raw)).toEqual([{ path: 'options', expected: expect.stringContaining('an object') as string, received: expect.any(String) as string }])
  })

  test('is found at the root if options cannot be read', () => {
    const hostile = [
      { file, get size () { throw new Error('not now') } },
      new Proxy({}, { ownKeys () { throw new Error('not now') } })
    ]
    for (const raw of hostile) {
      expect(faultsOf(raw)).toEqual([{ path: 'options', expected: 'plain values that can be read', received: 'Error: not now' }])
    }
  })
})

test('all faults are listed at once, in one error', () => {
  const raw = {
    file: join(folder, 'folder'),
    size: 10,
    frequency: '0 0 31 2 *',
    timezone: 'Mars/Olympus',
    compress: { algorithm: 'gzip', level: 99, after: 'later', lvel: 3 },
    limit: { count: 0, age: '0d', kount: 1 },
    mode: '644',
    frequncy: 'daily',
    extension: '.log'
  }
  const paths = faultsOf(raw).map(({ path }) => path)
  expect(paths.sort()).toEqual([
    'compress.after', 'compress.level', 'compress.lvel', 'extension', 'file', 'frequency', 'frequncy', 'limit.age',
    'limit.count', 'limit.kount', 'mode', 'size', 'timezone'
  ])
  expect(() => parseOptions(raw)).toThrow(expect.objectContaining({
    name: 'RotorOptionsError',
    code: 'ERR_ROTOR_OPTIONS',
    message: expect.stringContaining('limit.count: expected a whole number above zero, or false for no limit, received 0') as string
  }) as Error)
})

describe('whatever comes', () => {
  const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true, withNullPrototype: true, withSparseArray: true })
  const keys = ['file', ...Object.keys(defaultOptions)]

  function settlesOrFaults (raw: unknown) {
    try {
      parseOptions(raw)
    } catch (error) {
      expect(error).toBeInstanceOf(RotorOptionsError)
      expect((error as RotorOptionsError).faults.length).toBeGreaterThan(0)
    }
  }

  test('only a RotorOptionsError is thrown', () => {
    fc.assert(fc.property(anything, settlesOrFaults), { numRuns: 500 })
  })

  test('only a RotorOptionsError is thrown for garbage under known keys', () => {
    fc.assert(fc.property(fc.dictionary(fc.constantFrom(...keys), fc.oneof(anything, fc.string()), { maxKeys: keys.length }), settlesOrFaults), { numRuns: 500 })
  })

  test('only a RotorOptionsError is thrown for garbage in nested options', () => {
    const limit = fc.dictionary(fc.constantFrom('count', 'age', 'totalSize', 'minFree', 'x'), anything)
    const compress = fc.dictionary(fc.constantFrom('algorithm', 'level', 'after', 'x'), fc.oneof(anything, fc.constantFrom('gzip', 'brotli', 3)))
    fc.assert(fc.property(limit, compress, (limit, compress) => { settlesOrFaults({ file, limit, compress }) }), { numRuns: 500 })
  })

  test('cron-like garbage neither hangs nor throws anything else', () => {
    const field = fc.oneof(fc.stringMatching(/^[\d*,/LW#?-]{1,8}$/), fc.constantFrom('*', '0', '31', '2', '1-5', '*/7', 'MON', 'L'))
    fc.assert(fc.property(fc.array(field, { minLength: 4, maxLength: 7 }), fields => { settlesOrFaults({ file, frequency: fields.join(' ') }) }), { numRuns: 500 })
  })

  test('cyclic and huge values are refused in a short message', () => {
    const cyclic: Record<string, unknown> = { file }
    cyclic['limit'] = cyclic
    cyclic['size'] = 'x'.repeat(1_000_000)
    cyclic['sweep'] = new Array(100_000).fill(0)
    const faults = faultsOf(cyclic)
    expect(faults.map(({ path }) => path)).toEqual(expect.arrayContaining(['size', 'sweep', 'limit.file']))
    for (const { received, expected } of faults) expect(received.length + expected.length).toBeLessThan(400)
  })
})
