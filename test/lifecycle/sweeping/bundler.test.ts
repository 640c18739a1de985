// Bundles as a running log makes them, with the clock moved: on their day, once, whole, and before any limit.
import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, statSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { beforeEach, expect, test, vi } from 'vitest'
import { systemClock } from '../../../src/clock.js'
import { isSealed } from '../../../src/disk/seal-mark.js'
import type { BundledEvent, FailedEvent, RemovedEvent } from '../../../src/events.js'
import type { RotorOptions } from '../../../src/options/options.js'
import { parseOptions } from '../../../src/options/parse-options.js'
import { LogStream } from '../../../src/stream.js'
import { closed, collect, eventWhere } from '../../support/events.js'
import { pass, passUntil, settleDisk, stopTimeAt } from '../../support/passing-time.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

const meanwhile = vi.hoisted(() => ({ whenWritten: (_temporary: string): void => {}, beforePublishing: (_temporary: string): void => {} }))

vi.mock('../../../src/disk/bundle/bundle.js', async (importOriginal) => {
  const original = await importOriginal<typeof import('../../../src/disk/bundle/bundle.js')>()
  return {
    ...original,
    writeBundle: async (request: Parameters<typeof original.writeBundle>[0]) => {
      const written = await original.writeBundle(request)
      meanwhile.whenWritten(request.temporary)
      return written
    }
  }
})

vi.mock('../../../src/disk/publish.js', async (importOriginal) => {
  const original = await importOriginal<typeof import('../../../src/disk/publish.js')>()
  return {
    ...original,
    publishCopy: (publication: Parameters<typeof original.publishCopy>[0]) => {
      meanwhile.beforePublishing(publication.temporary)
      original.publishCopy(publication)
    }
  }
})

beforeEach(() => { meanwhile.whenWritten = meanwhile.beforePublishing = () => {} })

const dayMs = 86_400_000
const daily: Omit<RotorOptions, 'file'> = { frequency: '0 2 * * *', stamp: 'date', size: false, bundle: { frequency: '0 3 1 * *' }, limit: { count: 1, age: '1d' }, report: false }

function start (file: string, options: Omit<RotorOptions, 'file'> = daily): LogStream {
  return new LogStream(parseOptions({ file, ...options }), systemClock)
}

function archivesIn (folder: string): string[] {
  return readdirSync(folder).filter((name) => /^app\.\d{8}/.test(name)).sort()
}

function lines (file: string): string[] {
  return gunzipSync(readFileSync(file)).toString().trimEnd().split('\n')
}

test('joins a month on the 1st at 03:00, and no limit removes an archive before that', async () => {
  stopTimeAt('2025-10-01T02:00:00Z')
  const folder = temporaryFolder()
  const stream = start(join(folder, 'app.log'))
  const removed = collect<RemovedEvent>(stream, 'removed')
  for (let day = 1; day <= 31; day++) {
    stream.write(`{"day":${day}}\n`)
    pass(dayMs)
    await settleDisk()
  }
  expect(new Set(archivesIn(folder).map((name) => name.slice(0, 12))).size).toBe(31)
  const bundled = eventWhere<BundledEvent>(stream, 'bundled', () => true)
  const event = await passUntil(bundled, 60_000)
  expect(event).toEqual({ bundle: join(folder, 'archive/app.202510.log.gz'), members: 31, bytes: statSync(event.bundle).size })
  expect(new Date().toISOString() >= '2025-11-01T03:00:00').toBe(true)
  expect(lines(event.bundle)).toEqual(Array.from({ length: 31 }, (_, index) => `{"day":${index + 1}}`))
  await passUntil(stream.sweep())
  expect(archivesIn(folder)).toEqual([])
  expect(readdirSync(join(folder, 'archive'))).toEqual(['app.202510.log.gz'])
  expect(removed).toEqual([])
  await closed(stream)
})

test('makes up missed months at start, and a second run of a month adds the new archives at the end', async () => {
  stopTimeAt('2025-11-20T12:00:00Z')
  const folder = temporaryFolder()
  for (const [name, content] of [['app.20250914.log.gz', 'september'], ['app.20251002.log.gz', 'second'], ['app.20251003.log', 'third'], ['app.20251101.log', 'open']] as const) {
    writeFileSync(join(folder, name), name.endsWith('.gz') ? gzipSync(`${content}\n`) : `${content}\n`)
  }
  const stream = start(join(folder, 'app.log'), { ...daily, compress: false })
  const bundled = collect<BundledEvent>(stream, 'bundled')
  await passUntil(stream.sweep())
  await settleDisk()
  expect(bundled.map(({ members }) => members)).toEqual([1, 2])
  expect(lines(join(folder, 'archive/app.202509.log.gz'))).toEqual(['september'])
  expect(archivesIn(folder)).toEqual(['app.20251101.log'])

  writeFileSync(join(folder, 'app.20251001.log.gz'), gzipSync('first\n'))
  writeFileSync(join(folder, 'app.20251003.log'), 'third\n')
  await passUntil(stream.sweep())
  expect(lines(join(folder, 'archive/app.202510.log.gz'))).toEqual(['second', 'third', 'first'])
  expect(archivesIn(folder)).toEqual(['app.20251101.log'])
  await closed(stream)
})

test('shows a delayed writer of a plain archive that its lines are in the bundle', async () => {
  stopTimeAt('2025-11-20T12:00:00Z')
  const folder = temporaryFolder()
  const archive = join(folder, 'app.20251003.log')
  writeFileSync(archive, 'third\n')
  const held = openSync(archive, 'a')
  const stream = start(join(folder, 'app.log'), { ...daily, compress: false })
  await passUntil(stream.sweep())
  const { nlink, mtimeMs } = fstatSync(held)
  closeSync(held)
  expect({ nlink, isSealed: isSealed(mtimeMs) }).toEqual({ nlink: 0, isSealed: true })
  await closed(stream)
})

test('merges weeks and days under stamps of their own', async () => {
  stopTimeAt('2025-10-20T12:00:00Z')
  for (const [frequency, names] of [['weekly', ['app.2025W40.log.gz', 'app.2025W41.log.gz']], ['daily', ['app.20251001.log.gz', 'app.20251002.log.gz', 'app.20251006.log.gz']]] as const) {
    const folder = temporaryFolder()
    for (const name of ['app.20251001_000000.log', 'app.20251001_120000.log', 'app.20251002_000000.log', 'app.20251006_000000.log']) writeFileSync(join(folder, name), `${name}\n`)
    const stream = start(join(folder, 'app.log'), { bundle: { frequency, directory: 'kept/bundles' } })
    await passUntil(stream.sweep())
    expect(readdirSync(join(folder, 'kept/bundles')).sort()).toEqual(names)
    await closed(stream)
  }
})

test('keeps as many bundles as their own limit says, counted from the end of their period', async () => {
  stopTimeAt('2026-02-10T12:00:00Z')
  const folder = temporaryFolder()
  for (const month of ['202510', '202511', '202512', '202601']) writeFileSync(join(folder, `app.${month}05.log`), `${month}\n`)
  const stream = start(join(folder, 'app.log'), { ...daily, bundle: { limit: { count: 2 } } })
  const removed = collect<RemovedEvent>(stream, 'removed')
  await passUntil(stream.sweep())
  await settleDisk()
  expect(readdirSync(join(folder, 'archive')).sort()).toEqual(['app.202512.log.gz', 'app.202601.log.gz'])
  expect(removed.map(({ file, reason }) => [file, reason])).toEqual(['202510', '202511'].map((month) => [join(folder, 'archive', `app.${month}.log.gz`), 'count']))
  await closed(stream)
})

test('leaves other programs\' files in the folder of the bundles, and removes a crash\'s leftovers there', async () => {
  stopTimeAt('2025-11-20T12:00:00Z')
  const folder = temporaryFolder()
  const foreign = ['app.202510.log.gz.bak', 'app.http.202510.log.gz', '.app.log.rotor.lock', 'app.202513.log.gz', 'notes.txt']
  mkdirSync(join(folder, 'archive'))
  for (const name of [...foreign, '.app.log.rotor.bundle.202510']) writeFileSync(join(folder, 'archive', name), 'not a bundle')
  const stream = start(join(folder, 'app.log'), { ...daily, bundle: { limit: { age: '1d' } } })
  await passUntil(stream.sweep())
  expect(readdirSync(join(folder, 'archive')).sort()).toEqual([...foreign].sort())
  await closed(stream)
})

test('joins an archive that is left plain for a log shipper only when that time is over', async () => {
  stopTimeAt('2025-11-01T00:00:00Z')
  const folder = temporaryFolder()
  const archive = join(folder, 'app.20251031_235959.log')
  writeFileSync(archive, 'last\n')
  utimesSync(archive, new Date(), new Date())
  const stream = start(join(folder, 'app.log'), { bundle: {}, compress: { after: '1h' } })
  const bundled = eventWhere<BundledEvent>(stream, 'bundled', () => true)
  pass(59 * 60_000)
  await settleDisk()
  expect(existsSync(archive)).toBe(true)
  await passUntil(bundled, 10_000)
  expect(new Date().toISOString() >= '2025-11-01T00:59:59').toBe(true)
  await closed(stream)
})

test('leaves a damaged archive where it is, reports it once, and joins the others', async () => {
  stopTimeAt('2025-11-20T12:00:00Z')
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'app.20251001.log.gz'), gzipSync('a\n'.repeat(1000)).subarray(0, 20))
  writeFileSync(join(folder, 'app.20251002.log'), 'whole\n')
  const stream = start(join(folder, 'app.log'))
  const failed = collect<FailedEvent>(stream, 'failed')
  await passUntil(stream.sweep())
  await passUntil(stream.sweep())
  await settleDisk()
  expect(failed).toMatchObject([{ step: 'bundle', code: 'ERR_ROTOR_COPY_DAMAGED', path: join(folder, 'app.20251001.log.gz') }])
  expect(lines(join(folder, 'archive/app.202510.log.gz'))).toEqual(['whole'])
  expect(archivesIn(folder)).toEqual(['app.20251001.log.gz'])
  await closed(stream)
})

test('keeps every archive while the folder of the bundles cannot be written, and joins them once it can', async () => {
  stopTimeAt('2025-11-20T12:00:00Z')
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'app.20251002.log'), 'whole\n')
  const stream = start(join(folder, 'app.log'))
  writeFileSync(join(folder, 'archive'), 'in the way')
  const failed = await passUntil(eventWhere<FailedEvent>(stream, 'failed', () => true))
  expect(failed.step).toBe('bundle')
  expect(archivesIn(folder).length).toBe(1)
  rmSync(join(folder, 'archive'))
  await passUntil(eventWhere(stream, 'recovered', () => true), 1_000)
  expect(lines(join(folder, 'archive/app.202510.log.gz'))).toEqual(['whole'])
  await closed(stream)
})

test.each(['whenWritten', 'beforePublishing'] as const)("removes no archive if another process's unfinished bundle takes the place of ours: %s", async (instant) => {
  stopTimeAt('2025-11-20T12:00:00Z')
  const folder = temporaryFolder()
  const content = gzipSync('{"day":2}\n')
  writeFileSync(join(folder, 'app.20251002.log.gz'), content)
  meanwhile[instant] = (temporary) => {
    unlinkSync(temporary)
    writeFileSync(temporary, content.subarray(0, 12))
  }
  const stream = start(join(folder, 'app.log'))
  const failed = eventWhere<FailedEvent>(stream, 'failed', ({ step }) => step === 'bundle')
  expect(await passUntil(failed)).toMatchObject({ code: 'ERR_ROTOR_BUSY' })
  expect(readFileSync(join(folder, 'app.20251002.log.gz')).equals(content)).toBe(true)
  meanwhile[instant] = () => {}
  if (instant === 'whenWritten') {
    await passUntil(stream.sweep())
    expect(lines(join(folder, 'archive/app.202510.log.gz'))).toEqual(['{"day":2}'])
    expect(archivesIn(folder)).toEqual([])
  }
  await closed(stream)
})
