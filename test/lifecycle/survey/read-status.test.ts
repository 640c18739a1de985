// What `status()` and `pino-rotor status --json` say about real folders: full, empty, missing and broken ones.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../src/clock.js'
import { currentOwner, formatOwner } from '../../../src/disk/lock/owner.js'
import { readStatus } from '../../../src/lifecycle/survey/read-status.js'
import { bundleNow } from '../../../src/lifecycle/sweeping/bundle-now.js'
import type { RotorOptions } from '../../../src/options/options.js'
import { parseOptions } from '../../../src/options/parse-options.js'

const dayMs = 86_400_000
const nowMs = Date.UTC(2025, 9, 20, 12)
const line = '{"level":30,"time":1760000000000,"pid":1,"hostname":"here","msg":"a line as pino writes it"}\n'

let folder: string

beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'rotor-status-')) })
afterEach(() => { rmSync(folder, { recursive: true }) })

function put (name: string, content: string | Buffer, modifiedMs = nowMs): void {
  writeFileSync(join(folder, name), content)
  utimesSync(join(folder, name), modifiedMs / 1000, modifiedMs / 1000)
}

function status (options: Partial<RotorOptions> = {}) {
  return readStatus(parseOptions({ file: join(folder, 'app.log'), ...options }), nowMs)
}

function sizeOf (name: string): number {
  return statSync(join(folder, name)).size
}

describe('the status of nothing', () => {
  const calm = {
    total: { files: 0, bytes: 0 },
    largest: [],
    oldest: null,
    newest: null,
    lastWrittenAt: null,
    compression: { archives: 0, measuredArchives: 0, originalBytes: null, compressedBytes: null, ratio: null, savedBytes: null },
    retention: { due: { files: 0, bytes: 0 }, next: null },
    leftovers: []
  }

  test('is all zeroes and nulls in an empty folder', async () => {
    const found = await status()
    expect(found).toMatchObject({ file: join(folder, 'app.log'), checkedAt: '2025-10-20T12:00:00.000Z', ...calm })
    expect(found.growth).toMatchObject({ since: null, writtenBytesPerDay: null, storedBytesPerDay: null, archivesPerDay: null })
    expect(found.disk.freeBytes).toBeGreaterThan(0)
  })

  test('is the same in a missing folder, and does not create the folder', async () => {
    const found = await readStatus(parseOptions({ file: join(folder, 'later', 'app.log') }), nowMs)
    expect(found).toMatchObject({ ...calm, disk: { freeBytes: null, daysLeft: null } })
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('the files of a log', () => {
  test('are counted by kind, and nothing else in the folder is', async () => {
    put('app.log', line.repeat(3))
    put('app.20251018_120000.log.gz', gzipSync(line.repeat(1000)))
    put('app.20251019_120000.log', line.repeat(2000))
    put('.app.log.rotor.pack.app.20251019_120000.log', 'half')
    put('app.http.log', 'of another log')
    put('app.20251019.log.bak', 'of no log')
    mkdirSync(join(folder, 'app.20251017_120000.log'))

    const found = await status()
    const compressedBytes = sizeOf('app.20251018_120000.log.gz')
    expect(found.kinds).toEqual({
      active: { files: 1, bytes: 3 * line.length },
      plain: { files: 1, bytes: 2000 * line.length },
      compressed: { files: 1, bytes: compressedBytes },
      bundle: { files: 0, bytes: 0 },
      working: { files: 0, bytes: 0 },
      leftover: { files: 1, bytes: 4 }
    })
    expect(found.total).toEqual({ files: 4, bytes: 2003 * line.length + compressedBytes + 4 })
    expect(found.largest[0]).toEqual({ name: 'app.20251019_120000.log', kind: 'plain', bytes: 2000 * line.length })
    expect(found.oldest).toEqual({ name: 'app.20251018_120000.log.gz', bytes: compressedBytes, at: '2025-10-18T12:00:00.000Z' })
    expect(found.newest).toMatchObject({ name: 'app.20251019_120000.log', at: '2025-10-19T12:00:00.000Z' })
    expect(found.leftovers).toEqual(['.app.log.rotor.pack.app.20251019_120000.log'])
    expect(found.lastWrittenAt).toBe('2025-10-20T12:00:00.000Z')
  })

  test('that a living process makes are no leftovers', async () => {
    put('.app.log.rotor.pack.app.20251019_120000.log', 'half')
    put('.app.log.rotor.sweep', `${formatOwner(currentOwner())}\nid\n`)
    expect(await status()).toMatchObject({ leftovers: [], kinds: { working: { files: 1, bytes: 4 }, leftover: { files: 0 } } })
  })

  test('that a dead process was making are leftovers', async () => {
    put('.app.log.rotor.pack.app.20251019_120000.log', 'half')
    put('.app.log.rotor.sweep', `${formatOwner({ ...currentOwner(), thread: 4_194_303 })}\nid\n`)
    expect((await status()).leftovers).toHaveLength(1)
  })
})

describe('compression', () => {
  test('is measured on gzip archives, by what their trailers say', async () => {
    const packed = gzipSync(line.repeat(1000))
    put('app.20251018_120000.log.gz', packed)
    put('app.20251019_120000.log.br', brotliCompressSync(line.repeat(1000)))
    put('app.20251019_130000.log.gz', 'damaged, and long enough to have a trailer')
    const originalBytes = 1000 * line.length
    expect((await status()).compression).toEqual({
      archives: 3,
      measuredArchives: 1,
      originalBytes,
      compressedBytes: packed.length,
      ratio: Math.round(packed.length / originalBytes * 1e4) / 1e4,
      savedBytes: originalBytes - packed.length
    })
  })

  test('of an empty archive does not divide by zero', async () => {
    put('app.20251018_120000.log.gz', gzipSync(''))
    expect((await status()).compression).toMatchObject({ measuredArchives: 1, originalBytes: 0, ratio: null })
  })
})

describe('the forecast', () => {
  function fill (): void {
    for (let day = 10; day < 20; day += 2) put(`app.202510${day}_120000.log.gz`, gzipSync(line.repeat(1000)))
    put('app.log', line.repeat(1000), nowMs - 1000)
  }

  test('uses the lines of the last week', async () => {
    fill()
    const { growth } = await status()
    expect(growth.since).toBe('2025-10-13T12:00:00.000Z')
    expect(growth.writtenBytesPerDay).toBe(500 * line.length)
    expect(growth.storedBytesPerDay).toBeLessThan(50 * line.length)
    expect(growth.days).toHaveLength(14)
    expect(growth.days.at(-1)).toMatchObject({ day: '2025-10-20', writtenBytes: 250 * line.length })
    expect(growth.days[0]).toEqual({ day: '2025-10-07', writtenBytes: 0, storedBytes: 0 })
  })

  test('tells how near each limit is, and which archive it removes next', async () => {
    fill()
    const found = await status({ limit: { count: 6, age: '30d', totalSize: '1g', minFree: '1b' } })
    expect(found.limits.count).toEqual({ archivesMax: 6, archives: 5, daysLeft: 2.33 })
    expect(found.limits.age).toEqual({ daysMax: 30, oldestDays: 10, daysLeft: 20 })
    expect(found.limits.totalSize).toMatchObject({ bytesMax: 1024 ** 3, bytes: found.total.bytes })
    expect(found.limits.minFree).toMatchObject({ bytesMin: 1, freeBytes: found.disk.freeBytes })
    expect(found.retention).toMatchObject({ due: { files: 0 }, next: { name: 'app.20251010_120000.log.gz', reason: 'count', daysLeft: 4.67 } })
    expect(found.disk.daysLeft).toBeNull()
  })

  test('knows that an archive stays until there is one too many', async () => {
    fill()
    const found = await status({ limit: { count: 5 } })
    expect(found.limits.count).toEqual({ archivesMax: 5, archives: 5, daysLeft: 0 })
    expect(found.retention).toMatchObject({ due: { files: 0 }, next: { reason: 'count', daysLeft: 2.33 } })
  })

  test('counts down to a full disk if no limit is nearer', async () => {
    fill()
    const found = await status({ limit: false })
    expect(found.limits).toEqual({ from: 'application', count: null, age: null, totalSize: null, minFree: null })
    expect(found.disk.daysLeft).toBeCloseTo((found.disk.freeBytes ?? 0) / (found.growth.storedBytesPerDay ?? 1), -2)
    expect(found.retention.next).toBeNull()
  })

  test('lists files that are already due', async () => {
    fill()
    const found = await status({ limit: { count: 3 } })
    expect(found.limits.count).toEqual({ archivesMax: 3, archives: 5, daysLeft: 0 })
    expect(found.retention).toMatchObject({ due: { files: 2 }, next: { name: 'app.20251010_120000.log.gz', reason: 'count', daysLeft: 0 } })
  })

  test('counts an archive once that exists both plain and compressed', async () => {
    put('app.20251018_120000.log', line)
    put('app.20251018_120000.log.gz', gzipSync(line))
    expect((await status()).limits.count).toMatchObject({ archives: 1 })
  })

  test('is null for archives of an algorithm that does not tell', async () => {
    put('app.20251016_120000.log.br', brotliCompressSync(line))
    put('app.20251018_120000.log.br', brotliCompressSync(line))
    put('app.log', line)
    const { growth } = await status({ compress: 'brotli' })
    expect(growth.writtenBytesPerDay).toBeNull()
    expect(growth.storedBytesPerDay).toBeGreaterThan(0)
  })

  test('stays calm where stamps and files are later than now', async () => {
    put('app.20991018_120000.log', line, nowMs + 9000 * dayMs)
    put('app.log', line, nowMs + 9000 * dayMs)
    const found = await status()
    expect(JSON.parse(JSON.stringify(found))).toEqual(found)
    expect(found.limits.age).toMatchObject({ oldestDays: 0 })
  })
})

describe('bundles', () => {
  const bundling: RotorOptions['bundle'] = { frequency: 'daily', limit: { age: '10d' } }
  const join16To18 = async (): Promise<void> => {
    for (const day of [15, 16, 17, 18]) put(`app.202510${day}_120000.log.gz`, gzipSync(line.repeat(1000)))
    put('app.log', line)
    const settings = parseOptions({ file: join(folder, 'app.log'), bundle: bundling, limit: false })
    if (settings.bundle !== null) await bundleNow({ settings, bundling: settings.bundle, month: null }, systemClock).done
  }

  test.each([['where the options name their folder', { bundle: bundling }], ['in the usual folder without options', {}]])('are counted %s', async (_, options) => {
    await join16To18()
    const bytes = [15, 16, 17, 18].reduce((sum, day) => sum + sizeOf(`archive/app.202510${day}.log.gz`), 0)
    const found = await status(options)
    expect(found.kinds).toMatchObject({ bundle: { files: 4, bytes }, compressed: { files: 0 } })
    expect(found.total).toEqual({ files: 5, bytes: bytes + line.length })
    expect(found.largest[0]).toEqual({ name: 'archive/app.20251015.log.gz', kind: 'bundle', bytes: bytes / 4 })
    expect(found.bundles).toEqual({ directory: join(folder, 'archive'), refused: null, waiting: 'bundle' in options ? { files: 0, bytes: 0 } : null })
  })

  test('cover the days of the archives in them', async () => {
    await join16To18()
    const { growth } = await status({ bundle: bundling })
    expect(growth.writtenBytesPerDay).toBeGreaterThan(500 * line.length)
    expect(growth.days.find(({ day }) => day === '2025-10-17')?.writtenBytes).toBe(1000 * line.length)
  })

  test('have their own limits, and archives have none', async () => {
    await join16To18()
    put('app.20251019_120000.log.gz', gzipSync(line))
    const found = await status({ bundle: bundling, limit: { count: 1 } })
    expect(found.limits).toEqual({ from: 'application', count: null, age: null, totalSize: null, minFree: null })
    expect(found.retention).toMatchObject({ due: { files: 0 }, next: { name: 'archive/app.20251015.log.gz', reason: 'age', daysLeft: 5.5 } })
    expect(found.bundles.waiting).toEqual({ files: 1, bytes: sizeOf('app.20251019_120000.log.gz') })
    const stricter = await status({ bundle: { ...bundling, limit: { count: 3 } } })
    expect(stricter.retention).toMatchObject({ due: { files: 1 }, next: { name: 'archive/app.20251015.log.gz', reason: 'count', daysLeft: 0 } })
  })

  test('that were never finished are left over', async () => {
    mkdirSync(join(folder, 'archive'))
    put('archive/.app.log.rotor.bundle.202509', 'half')
    put('app.log', line)
    expect(await status({ bundle: {} })).toMatchObject({ leftovers: ['archive/.app.log.rotor.bundle.202509'], kinds: { leftover: { files: 1, bytes: 4 } } })
  })

  test('without a folder are reported as missing', async () => {
    put('archive', 'a file')
    expect((await status()).bundles).toEqual({ directory: join(folder, 'archive'), refused: 'ENOTDIR', waiting: null })
  })
})

test('changes nothing in the folder', async () => {
  put('app.log', line)
  put('.app.log.rotor.next', '')
  put('app.20251018_120000.log', '')
  const before = readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mtimeMs])
  await status({ limit: { count: 1 } })
  expect(readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mtimeMs])).toEqual(before)
})
