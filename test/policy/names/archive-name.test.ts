// The names of archives: what is ours is read exactly, what only looks like it is left alone, and order holds.
import { PassThrough } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  codecOf, compareArchives, followingId, formatArchiveName, logName, parseArchiveName, suffixOf,
  type Archive, type ArchiveId, type Suffix
} from '../../../src/policy/names/archive-name.js'
import { formatStamp } from '../../../src/policy/names/stamp.js'

const suffixes: readonly Suffix[] = ['', '.gz', '.br', '.zst']
const app = logName('/var/log/app.log')

const bases = fc.oneof(
  fc.string({ minLength: 1, unit: 'grapheme' }),
  fc.string({ minLength: 1, unit: fc.constantFrom(...'ab.01_-+*?()[]{}|^$\\ \n') })
).filter((base) => !base.includes('/') && base !== '.' && base !== '..')

const stamps = fc.tuple(fc.date({ min: new Date(0), max: new Date('2100-12-31'), noInvalidDate: true }), fc.constantFrom('date', 'datetime'))
  .map(([date, kind]) => formatStamp(date.getTime(), kind, 'UTC'))

const suffixCharacters = fc.constantFrom(...'abXYZ019_-')
const ownSuffixes = fc.tuple(fc.constantFrom(...'abXYZ'), fc.string({ unit: suffixCharacters, maxLength: 8 }))
  .map(([first, rest]) => `.${first}${rest}` as const)

const ids: fc.Arbitrary<ArchiveId> = fc.record({
  stamp: stamps,
  n: fc.oneof(fc.nat(12), fc.maxSafeNat())
})

const archives: fc.Arbitrary<Archive> = fc.tuple(ids, fc.constantFrom(...suffixes))
  .map(([id, suffix]) => ({ ...id, suffix, name: formatArchiveName(app, id, suffix) }))

function parsed (name: string): Archive {
  const archive = parseArchiveName(name, app)
  if (archive === null) throw new Error(`not an archive's name: ${name}`)
  return archive
}

describe('logName', () => {
  test.each([
    ['logs/app.log', { directory: 'logs', base: 'app.log', stem: 'app', extension: '.log' }],
    ['/var/log/app.http.log', { directory: '/var/log', base: 'app.http.log', stem: 'app.http', extension: '.log' }],
    ['/noext', { directory: '/', base: 'noext', stem: 'noext', extension: '' }],
    ['.hidden', { directory: '.', base: '.hidden', stem: '.hidden', extension: '' }],
    ['/a.b/.hidden.log', { directory: '/a.b', base: '.hidden.log', stem: '.hidden', extension: '.log' }],
    ['/logs/app.', { directory: '/logs', base: 'app.', stem: 'app', extension: '.' }]
  ])('takes %j apart', (file, expected) => {
    expect(logName(file)).toEqual({ ...expected, own: null })
  })
})

describe('formatArchiveName', () => {
  test.each<[string, string, number, Suffix, string]>([
    ['app.log', '20251001_121111', 0, '', 'app.20251001_121111.log'],
    ['app.log', '20251001_121111', 1, '.gz', 'app.20251001_121111.1.log.gz'],
    ['app.log', '20251001', 0, '.zst', 'app.20251001.log.zst'],
    ['app.log', '20251001', 12, '.br', 'app.20251001.12.log.br'],
    ['noext', '20251001', 1, '.gz', 'noext.20251001.1.gz'],
    ['.hidden', '20251001', 0, '', '.hidden.20251001']
  ])('names the archive of %s with %s, %i and %j', (file, stamp, n, suffix, name) => {
    expect(formatArchiveName(logName(file), { stamp, n }, suffix)).toBe(name)
  })
})

describe('parseArchiveName', () => {
  test('reads back what the formatter writes, for any log', () => {
    fc.assert(fc.property(bases, ids, fc.constantFrom(...suffixes), (base, id, suffix) => {
      const log = logName(`/logs/${base}`)
      const name = formatArchiveName(log, id, suffix)
      expect(parseArchiveName(name, log)).toEqual({ ...id, suffix, name })
    }), { numRuns: 2_000 })
  })

  test('reads back what the formatter writes with the suffix of a module', () => {
    fc.assert(fc.property(bases, ids, ownSuffixes, fc.boolean(), (base, id, ownSuffix, isPlain) => {
      const own = { module: '/own.js', suffix: ownSuffix, create: () => new PassThrough(), restore: null }
      const log = logName(`/logs/${base}`, own)
      const suffix = isPlain ? '' : ownSuffix
      const name = formatArchiveName(log, id, suffix)
      expect(parseArchiveName(name, log)).toEqual({ ...id, suffix, name })
      expect(suffixOf(own)).toBe(ownSuffix)
      expect(codecOf({ suffix }, log)).toBe(isPlain ? null : own)
      if (!isPlain) expect(parseArchiveName(name, logName(`/logs/${base}`))).toBeNull()
    }), { numRuns: 2_000 })
  })

  test('reads only what the formatter writes', () => {
    const nearly = fc.tuple(archives, fc.nat(), fc.constantFrom('', ...'0123456789._aXgz\n')).map(([{ name }, at, text]) => {
      const index = at % (name.length + 1)
      return name.slice(0, index) + text + name.slice(index + (at % 2))
    })
    fc.assert(fc.property(fc.oneof(nearly, fc.string()), (name) => {
      const archive = parseArchiveName(name, app)
      if (archive !== null) expect(formatArchiveName(app, archive, archive.suffix)).toBe(name)
    }), { numRuns: 5_000 })
  })

  test.each([
    'app.log', '', 'app.http.log', 'app.20251001.log.bak', 'app.20251001.log.gz.bak', 'app.20251001.log.gz.gz', 'app.20251001.log.xz',
    'app.20251301.log', 'app.20250001.log', 'app.20251000.log', 'app.20250931.log', 'app.20250229.log', 'app.21000229.log', 'app.00000101.log',
    'app.20251001_250000.log', 'app.20251001_240000.log', 'app.20251001_126000.log', 'app.20251001_121160.log', 'app.20251001_1211.log',
    'app.20251001.01.log', 'app.20251001.0.log', 'app.20251001.-1.log', 'app.20251001.1.2.log', 'app.20251001.1e3.log', 'app.20251001..log',
    'app.20251001.9007199254740992.log', `app.20251001.${'9'.repeat(400)}.log`,
    'app.202510.log', 'app.202510.log.gz', 'app.2025100.log', 'app.202510011.log',
    'appX20251001.log', 'app.20251001Xlog', 'xapp.20251001.log', 'app-20251001.log', 'app2.20251001.log', 'APP.20251001.log',
    ' app.20251001.log', 'app.20251001.log ', 'app.20251001.log\n', '\napp.20251001.log', 'app.20251001.log.gz\n', 'logs/app.20251001.log',
    '.app.log.rotor.next', 'app.http.20251001.log', 'app.２０２５１００１.log', 'app.20251001', 'app.20251001.gz'
  ])('leaves %j alone', (name) => {
    expect(parseArchiveName(name, app)).toBeNull()
  })

  test('reads the 29th of February of leap years only', () => {
    expect(parsed('app.20240229.log').stamp).toBe('20240229')
    expect(parsed('app.20000229.log').stamp).toBe('20000229')
    expect(parseArchiveName('app.19000229.log', app)).toBeNull()
  })

  test('distinguishes an extension of digits from a number', () => {
    const log = logName('/logs/app.1')
    expect(parseArchiveName('app.20251001.1', log)).toMatchObject({ stamp: '20251001', n: 0 })
    expect(parseArchiveName('app.20251001.1.1', log)).toMatchObject({ stamp: '20251001', n: 1 })
  })

  test('distinguishes an extension from the suffix of a compression', () => {
    const log = logName('/logs/app.gz')
    expect(parseArchiveName('app.20251001.gz', log)).toMatchObject({ suffix: '' })
    expect(parseArchiveName('app.20251001.gz.gz', log)).toMatchObject({ suffix: '.gz' })
  })
})

describe('compareArchives', () => {
  test('puts archives in the order in which they were written', () => {
    const names = [
      'app.20250930_235959.log', 'app.20251001.log', 'app.20251001.log.gz', 'app.20251001.2.log', 'app.20251001.10.log',
      'app.20251001_000000.log', 'app.20251001_000000.1.log.gz', 'app.20251001_235959.log', 'app.20251002.log'
    ]
    expect(names.map(parsed).reverse().sort(compareArchives).map(({ name }) => name)).toEqual(names)
  })

  test('is a total order', () => {
    fc.assert(fc.property(archives, archives, archives, (a, b, c) => {
      expect(Math.sign(compareArchives(a, b))).toBe(0 - Math.sign(compareArchives(b, a)))
      expect(compareArchives(a, b) === 0).toBe(a.name === b.name)
      if (compareArchives(a, b) <= 0 && compareArchives(b, c) <= 0) expect(compareArchives(a, c)).toBeLessThanOrEqual(0)
    }))
  })
})

describe('followingId', () => {
  test.each<[string, ArchiveId | null, string, ArchiveId]>([
    ['begins with no number', null, '20251001', { stamp: '20251001', n: 0 }],
    ['begins anew with a later stamp', { stamp: '20251001_121111', n: 3 }, '20251001_121112', { stamp: '20251001_121112', n: 0 }],
    ['counts within a stamp', { stamp: '20251001', n: 0 }, '20251001', { stamp: '20251001', n: 1 }],
    ['keeps the last stamp when the clock went back', { stamp: '20251001_121111', n: 1 }, '19700101_000000', { stamp: '20251001_121111', n: 2 }],
    ['keeps a datetime when a date of that day comes', { stamp: '20251001_121111', n: 0 }, '20251001', { stamp: '20251001_121111', n: 1 }],
    ['goes from a date to a datetime of that day', { stamp: '20251001', n: 5 }, '20251001_000000', { stamp: '20251001_000000', n: 0 }]
  ])('%s', (_, last, stamp, expected) => {
    expect(followingId(last, stamp)).toEqual(expected)
  })

  test('sorts after the last one at any clock', () => {
    fc.assert(fc.property(archives, stamps, (last, stamp) => {
      fc.pre(last.n < Number.MAX_SAFE_INTEGER)
      const next = parsed(formatArchiveName(app, followingId(last, stamp), ''))
      expect(compareArchives({ ...last, suffix: '.zst' }, next)).toBeLessThan(0)
    }))
  })
})

describe('suffixOf and codecOf', () => {
  test.each([['gzip', '.gz'], ['brotli', '.br'], ['zstd', '.zst']] as const)('pair %s with %s', (algorithm, suffix) => {
    expect(suffixOf(algorithm)).toBe(suffix)
    expect(codecOf({ suffix }, app)).toBe(algorithm)
  })

  test('know no algorithm of a plain archive', () => {
    expect(codecOf({ suffix: '' }, app)).toBeNull()
  })
})
