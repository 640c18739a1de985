// The sweep, with a clock that the test moves: what it compresses and when, what it removes and why, and what it leaves alone.
import { existsSync, linkSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, statfsSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { once } from 'node:events'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { systemClock } from '../../../src/clock.js'
import type { CompressedEvent, FailedEvent, RemovedEvent } from '../../../src/events.js'
import type { RotorOptions } from '../../../src/options/options.js'
import { parseOptions } from '../../../src/options/parse-options.js'
import { LogStream } from '../../../src/stream.js'
import { closed, collect } from '../../support/events.js'
import { archivesOf, hasZstd, kept } from '../../support/kept.js'
import { jumpTo, pass, passUntil, settleDisk, stopTimeAt } from '../../support/passing-time.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

const disk = vi.hoisted(() => ({
  freeBytes: null as null | (() => number),
  blocks: 1_000_000,
  unlink: (_path: string): void => {},
  open: (_path: string): void => {},
  listings: 0
}))

vi.mock('node:fs/promises', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs/promises')>()
  return {
    ...original,
    statfs: async (path: string) => disk.freeBytes === null ? await original.statfs(path) : { blocks: disk.blocks, bavail: disk.freeBytes(), bsize: 1 },
    unlink: async (path: string) => { disk.unlink(path); await original.unlink(path) },
    open: async (...given: Parameters<typeof original.open>) => { disk.open(String(given[0])); return await original.open(...given) }
  }
})

vi.mock('node:fs', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs')>()
  return {
    ...original,
    opendirSync: (...given: Parameters<typeof original.opendirSync>) => { disk.listings++; return original.opendirSync(...given) }
  }
})

const minute = 60_000
const hour = 60 * minute
const now = '2025-10-01T12:00:00Z'

let folder: string
let file: string

beforeEach(() => {
  folder = temporaryFolder()
  file = join(folder, 'app.log')
  disk.freeBytes = null
  disk.blocks = 1_000_000
  disk.unlink = disk.open = () => {}
  stopTimeAt(now)
})

interface Opened {
  readonly stream: LogStream
  readonly compressed: CompressedEvent[]
  readonly removed: RemovedEvent[]
  readonly failed: FailedEvent[]
}

function open (options: Partial<RotorOptions>): Opened {
  const stream = new LogStream(parseOptions({ file, limit: false, report: false, ...options }), systemClock)
  return { stream, compressed: collect(stream, 'compressed'), removed: collect(stream, 'removed'), failed: collect(stream, 'failed') }
}

function put (name: string, content = `${name}\n`): void {
  writeFileSync(join(folder, name), content)
}

/** Counts the compressions that have begun, however long they take. */
function countBegun (): () => number {
  let begun = 0
  disk.open = (path) => { if (path.includes('.rotor.pack')) begun++ }
  return () => begun
}

function names (): string[] {
  return readdirSync(folder).filter((name) => name !== 'app.log').sort()
}

async function sweepNow (stream: LogStream): Promise<void> {
  await passUntil(stream.sweep())
  await settleDisk()
}

/** Lets time pass, and every sweep that it brings about come to its end. */
async function passSlowly (ms: number, steps = 20): Promise<void> {
  for (let step = 0; step < steps; step++) {
    pass(ms / steps)
    do await settleDisk()
    while (existsSync(join(folder, '.app.log.rotor.sweep')))
  }
}

describe('compression', () => {
  test.each(['gzip', 'brotli', ...hasZstd ? ['zstd' as const] : []] as const)('with %s leaves the same lines in one file less', async (compress) => {
    const { stream, compressed } = open({ size: '1k', compress })
    for (let line = 0; line < 200; line++) stream.write(`{"line":${line},"msg":"request completed"}\n`)
    const before = kept(file)
    const count = archivesOf(file).length
    await sweepNow(stream)
    await closed(stream)
    expect(kept(file).equals(before)).toBe(true)
    expect(archivesOf(file)).toHaveLength(count)
    expect(names().filter((name) => name.endsWith('.log'))).toEqual([])
    expect(compressed).toHaveLength(count)
    expect(compressed[0]?.from).toBeGreaterThan(compressed[0]?.to ?? Infinity)
  })

  test('begins by itself after a rotation, once every writer must have left the archive', async () => {
    const { stream } = open({})
    const begun = countBegun()
    stream.write('line\n')
    await stream.rotate()
    await settleDisk()
    pass(900)
    await settleDisk()
    expect(begun()).toBe(0)
    await passUntil(once(stream, 'compressed'))
    expect(names()).toEqual(['app.20251001_120000.log.gz'])
    await closed(stream)
  })

  test('waits for as long as `after` says', async () => {
    const { stream } = open({ compress: { after: '2h' } })
    const begun = countBegun()
    stream.write('line\n')
    await stream.rotate()
    await passSlowly(2 * hour - minute)
    expect(begun()).toBe(0)
    pass(2 * minute)
    await passUntil(once(stream, 'compressed'))
    await closed(stream)
  })

  test("is left to the schedule with `after: 'sweep'`", async () => {
    const { stream } = open({ compress: { after: 'sweep' }, sweep: '0 3 * * *' })
    const begun = countBegun()
    stream.write('line\n')
    await stream.rotate()
    await passSlowly(15 * hour - minute)
    expect(begun()).toBe(0)
    pass(2 * minute)
    await passUntil(once(stream, 'compressed'))
    await closed(stream)
  })

  test("is done on request, also with `after: 'sweep'`", async () => {
    const { stream, compressed } = open({ compress: { after: 'sweep' } })
    stream.write('line\n')
    await stream.rotate()
    await sweepNow(stream)
    expect(compressed).toHaveLength(1)
    await closed(stream)
  })

  test('is not done with `compress: false`', async () => {
    const { stream, compressed } = open({ compress: false })
    stream.write('line\n')
    await stream.rotate()
    await sweepNow(stream)
    await closed(stream)
    expect(compressed).toEqual([])
    expect(names()).toEqual(['app.20251001_120000.log'])
  })

  test('that fails is reported once, retried, and reported when it works', async () => {
    const { stream, compressed, failed } = open({})
    const recovered = collect(stream, 'recovered')
    stream.write('line\n')
    await stream.rotate()
    let attempts = 0
    disk.open = (path) => {
      if (path.includes('.rotor.pack') && ++attempts < 4) throw Object.assign(new Error('EMFILE'), { code: 'EMFILE' })
    }
    await passUntil(once(stream, 'compressed'), 1_000)
    await settleDisk()
    expect(failed).toMatchObject([{ step: 'compress', code: 'EMFILE', path: join(folder, 'app.20251001_120000.log') }])
    expect(recovered).toMatchObject([{ step: 'compress' }])
    expect(compressed).toHaveLength(1)
    expect(attempts).toBe(4)
    await closed(stream)
  })
})

describe('retention', () => {
  const archives = Array.from({ length: 6 }, (_, hours) => `app.20251001_0${hours}0000.log.gz`)

  function putArchives (): void {
    for (const name of archives) writeFileSync(join(folder, name), gzipSync(name.padEnd(1_000)))
  }

  test('keeps the newest `count`', async () => {
    putArchives()
    const { stream, removed } = open({ limit: { count: 2, age: false } })
    await sweepNow(stream)
    expect(names()).toEqual(archives.slice(4))
    expect(removed.map(({ file: path, reason }) => [path, reason])).toEqual(archives.slice(0, 4).map((name) => [join(folder, name), 'count']))
    await closed(stream)
  })

  test('keeps archives younger than `age`, even while nothing rotates', async () => {
    putArchives()
    const { stream, removed } = open({ limit: { count: false, age: '570m' }, sweep: '1h' })
    await sweepNow(stream)
    expect(names()).toEqual(archives.slice(3))
    await passSlowly(90 * minute)
    expect(names()).toEqual(archives.slice(4))
    expect(removed.map(({ reason }) => reason)).toEqual(['age', 'age', 'age', 'age'])
    await closed(stream)
  })

  test('keeps no more than `totalSize`, the active file included', async () => {
    for (let hours = 0; hours < 6; hours++) put(`app.20251001_0${hours}0000.log.gz`, 'x'.repeat(1_024))
    writeFileSync(file, 'x'.repeat(1_500))
    const { stream, removed } = open({ limit: { count: false, age: false, totalSize: '4k' } })
    await sweepNow(stream)
    expect(names()).toEqual(archives.slice(4))
    expect(removed.map(({ reason, bytes }) => ({ reason, bytes }))).toEqual(Array.from({ length: 4 }, () => ({ reason: 'totalSize', bytes: 1_024 })))
    await closed(stream)
  })

  test('removes the oldest until `minFree` holds', async () => {
    for (let hours = 0; hours < 6; hours++) put(`app.20251001_0${hours}0000.log.gz`, 'x'.repeat(1_024))
    disk.freeBytes = () => 2_048 + 1_024 * (6 - names().filter((name) => name.endsWith('.gz')).length)
    const { stream, removed } = open({ limit: { count: false, age: false, minFree: '5k' } })
    await sweepNow(stream)
    expect(names()).toEqual(archives.slice(3))
    expect(removed.map(({ reason }) => reason)).toEqual(['minFree', 'minFree', 'minFree'])
    await closed(stream)
  })

  test('removes by the free space that the file system reports', async () => {
    putArchives()
    const { bavail, bsize } = statfsSync(folder)
    const freeKiB = Math.floor(bavail * bsize / 1_024)
    for (const [minFree, left] of [[`${Math.floor(freeKiB / 2)}k`, 6], [`${freeKiB * 2}k`, 0]] as const) {
      const { stream } = open({ limit: { count: false, age: false, minFree } })
      await sweepNow(stream)
      await closed(stream)
      expect(names(), minFree).toHaveLength(left)
    }
  })

  test('removes nothing for `minFree` if the file system does not know its size', async () => {
    putArchives()
    disk.blocks = 0
    disk.freeBytes = () => 0
    const { stream, removed } = open({ limit: { count: false, age: false, minFree: '1g' } })
    await sweepNow(stream)
    await closed(stream)
    expect(removed).toEqual([])
  })

  describe('for `minFree` on a disk that shows freed space late', () => {
    const lateMs = 30_000

    /** Each archive has 1,024 bytes. What is removed becomes free that long after. */
    function freeLate (delayMs: number, startBytes: number): void {
      for (const name of archives) put(name, 'x'.repeat(1_024))
      const removedAtMs: number[] = []
      disk.unlink = (path) => { if (path.endsWith('.gz')) removedAtMs.push(performance.now()) }
      disk.freeBytes = () => startBytes + 1_024 * removedAtMs.filter((atMs) => performance.now() - atMs >= delayMs).length
    }

    test('removes no more than what makes enough room', async () => {
      freeLate(lateMs, 3_072)
      const { stream, removed, failed } = open({ limit: { count: false, age: false, minFree: '5k' } })
      await passSlowly(3 * lateMs, 90)
      expect(removed).toHaveLength(2)
      expect(failed).toEqual([])
      await closed(stream)
    })

    test('removes more if the disk fills up meanwhile', async () => {
      freeLate(lateMs, 3_072)
      const free = disk.freeBytes
      let filledBytes = 0
      disk.freeBytes = () => (free?.() ?? 0) - filledBytes
      const { stream, removed } = open({ limit: { count: false, age: false, minFree: '5k' } })
      await passSlowly(2 * lateMs, 60)
      filledBytes = 1_024
      await sweepNow(stream)
      expect(removed).toHaveLength(3)
      await closed(stream)
    })

    test('stops and reports it if removals free nothing, and continues once space becomes free', async () => {
      freeLate(Infinity, 3_072)
      const { stream, removed, failed } = open({ limit: { count: false, age: false, minFree: '5k' } })
      const recovered = collect(stream, 'recovered')
      await passSlowly(5 * lateMs, 150)
      await sweepNow(stream)
      expect(removed).toHaveLength(2)
      expect(failed).toMatchObject([{ step: 'remove', code: 'ERR_ROTOR_SPACE_NOT_FREED', path: folder }])
      disk.freeBytes = () => 4_608
      await passSlowly(2 * lateMs, 60)
      expect(recovered).toMatchObject([{ step: 'remove' }])
      expect(removed).toHaveLength(3)
      await closed(stream)
    })
  })

  test('keeps the order and lets archives grow old after a wrong clock stamped one of them 2099', async () => {
    put('app.20250801_000000.log.gz')
    put('app.20990101_000000.log.gz')
    for (const [name, modified] of [['app.20990101_000000.1.log.gz', '2025-08-20'], ['app.20990101_000000.2.log.gz', '2025-09-30']] as const) {
      put(name)
      utimesSync(join(folder, name), new Date(modified), new Date(modified))
    }
    utimesSync(join(folder, 'app.20990101_000000.log.gz'), new Date('2099-01-01'), new Date('2099-01-01'))
    const { stream, removed } = open({ compress: false, limit: { count: false, age: '30d' } })
    stream.write('line\n')
    await stream.rotate()
    await sweepNow(stream)
    await closed(stream)
    expect(removed.map(({ file: path }) => basename(path))).toEqual(['app.20250801_000000.log.gz', 'app.20990101_000000.log.gz', 'app.20990101_000000.1.log.gz'])
    expect(names()).toEqual(['app.20990101_000000.2.log.gz', 'app.20990101_000000.3.log'])
  })

  /** Lets the next removal fail. */
  function failNextRemoval (): void {
    disk.unlink = () => {
      disk.unlink = () => {}
      throw Object.assign(new Error('EPERM'), { code: 'EPERM' })
    }
  }

  test('tries a failed removal again in a second, although a failing compression waits for a minute', async () => {
    put('app.20250901_000000.log.gz')
    put('app.20250930_000000.log')
    disk.open = (path) => { if (path.includes('.rotor.pack')) throw Object.assign(new Error('EMFILE'), { code: 'EMFILE' }) }
    const { stream, removed, failed } = open({ limit: { count: 2, age: false } })
    await passSlowly(5 * minute, 300)
    failNextRemoval()
    stream.write('line\n')
    await stream.rotate()
    await passSlowly(3_000, 30)
    expect(failed.map(({ step }) => step)).toEqual(['compress', 'remove'])
    expect(removed).toMatchObject([{ file: join(folder, 'app.20250901_000000.log.gz') }])
    await closed(stream)
  })

  test('tries a failed removal again in a second, although an archive waits for hours to be compressed', async () => {
    for (const name of ['app.20250901_000000.log.gz', 'app.20250902_000000.log.gz', 'app.20251001_120000.log']) put(name)
    failNextRemoval()
    const { stream, removed, failed } = open({ compress: { after: '2h' }, limit: { count: 2, age: false } })
    await passSlowly(3_000, 30)
    expect(failed.map(({ step }) => step)).toEqual(['remove'])
    expect(removed).toMatchObject([{ file: join(folder, 'app.20250901_000000.log.gz') }])
    await closed(stream)
  })

  test('keeps ten archives of thirty days by default', async () => {
    for (let days = 1; days <= 9; days++) put(`app.2025090${days}_000000.log.gz`)
    put('app.20250831_000000.log.gz')
    for (let days = 10; days <= 13; days++) put(`app.202509${days}_000000.log.gz`)
    const stream = new LogStream(parseOptions({ file, report: false }), systemClock)
    const removed = collect<RemovedEvent>(stream, 'removed')
    await sweepNow(stream)
    expect(removed.map(({ reason }) => reason)).toEqual(['age', 'age', 'count', 'count'])
    expect(names()[0]).toBe('app.20250904_000000.log.gz')
    expect(names()).toHaveLength(10)
    await closed(stream)
  })

  test('comes before compression, so that nothing is compressed only to be removed', async () => {
    for (let hours = 0; hours < 6; hours++) put(`app.20251001_0${hours}0000.log`)
    const { stream, compressed, removed } = open({ limit: { count: 1, age: false } })
    await sweepNow(stream)
    await closed(stream)
    expect(removed).toHaveLength(5)
    expect(compressed).toHaveLength(1)
    expect(names()).toEqual(['app.20251001_050000.log.gz'])
  })

  test('does not empty the folder when the clock jumps ahead', async () => {
    putArchives()
    const { stream, removed } = open({ limit: { count: false, age: '1d' } })
    await sweepNow(stream)
    jumpTo('2035-01-01T00:00:00Z')
    await sweepNow(stream)
    await closed(stream)
    expect(removed).toEqual([])
    expect(names()).toEqual(archives)
  })

  test('that cannot remove a file is reported once and retried', async () => {
    putArchives()
    const { stream, removed, failed } = open({ limit: { count: 5, age: false } })
    let attempts = 0
    disk.unlink = () => { if (++attempts < 3) throw Object.assign(new Error('EPERM'), { code: 'EPERM' }) }
    await passUntil(once(stream, 'removed'), 1_000)
    expect(failed).toMatchObject([{ step: 'remove', code: 'EPERM', path: join(folder, archives[0] ?? '') }])
    expect(removed).toHaveLength(1)
    await closed(stream)
  })

  test.each([['alone', () => {}], ['while compression works', () => { put('app.20251001_060000.log') }]])('tries less and less often to remove a file that stays, %s', async (_, prepare) => {
    putArchives()
    prepare()
    const stuck = join(folder, archives[0] ?? '')
    const attemptsMs: number[] = []
    disk.unlink = (path) => {
      if (path !== stuck) return
      attemptsMs.push(performance.now())
      throw Object.assign(new Error('EPERM'), { code: 'EPERM' })
    }
    const { stream, removed } = open({ limit: { count: 5, age: false } })
    await passSlowly(5 * minute, 600)
    await closed(stream)
    expect(attemptsMs.length).toBeGreaterThan(5)
    expect(attemptsMs.length).toBeLessThan(14)
    const pausesMs = attemptsMs.slice(1).map((atMs, index) => atMs - (attemptsMs[index] ?? 0))
    expect(pausesMs).toEqual([...pausesMs].sort((a, b) => a - b))
    expect(removed.map(({ file: path }) => path)).not.toContain(stuck)
  })

  test('removes the other files at each pass while one of them stays', async () => {
    putArchives()
    const stuck = join(folder, archives[0] ?? '')
    disk.unlink = (path) => { if (path === stuck) throw Object.assign(new Error('EPERM'), { code: 'EPERM' }) }
    const { stream, removed } = open({ compress: false, limit: { count: 5, age: false } })
    await settleDisk()
    for (let rotation = 0; rotation < 2; rotation++) {
      stream.write('line\n')
      await stream.rotate()
      await passSlowly(2_000)
    }
    await closed(stream)
    expect(removed.map(({ file: path }) => basename(path))).toEqual(archives.slice(1, 3))
  })
})

describe('what is not the log\'s survives the tightest limits', () => {
  const foreign = [
    'app.http.log', 'app.20251001.log.bak', 'app.20251001.log.gz.tmp', 'app-20251001.log', 'app.20251001_1200.log', 'app.20251301.log',
    'app.20251001.0.log', 'app.20251001.01.log', 'app.20251001.log.xz', 'app2.20251001.log', 'xapp.20251001.log', 'app.20251001.txt', 'app.log.1',
    'app.log.gz', 'App.20251001.log', '.app.20251001.log', 'app.20251001.log~', 'app.http.20251001.log', '.app.log.rotors', '.other.log.rotor.lock'
  ]

  test('files, folders and links that resemble archives', async () => {
    for (const name of foreign) put(name)
    for (const name of ['app.20200101.log', 'app.20200102.log.gz']) mkdirSync(join(folder, name))
    symlinkSync('app.http.log', join(folder, 'app.20200103.log'))
    symlinkSync('nowhere', join(folder, 'app.20200104.log.gz'))
    symlinkSync('app.http.log', join(folder, '.app.log.rotor.link'))
    put('app.20200105.log')
    put('app.20200106.log')
    const { stream, removed } = open({ size: '10b', limit: { count: 1, age: '1d', totalSize: '1b', minFree: '8000000g' } })
    stream.write('a line\nand another\n')
    await sweepNow(stream)
    await closed(stream)
    for (const name of foreign) expect(readFileSync(join(folder, name), 'utf8'), name).toBe(`${name}\n`)
    for (const name of ['app.20200101.log', 'app.20200102.log.gz']) expect(lstatSync(join(folder, name)).isDirectory(), name).toBe(true)
    expect(readlinkSync(join(folder, 'app.20200103.log'))).toBe('app.http.log')
    expect(readlinkSync(join(folder, 'app.20200104.log.gz'))).toBe('nowhere')
    expect(readlinkSync(join(folder, '.app.log.rotor.link'))).toBe('app.http.log')
    expect(readFileSync(file, 'utf8')).toBe('and another\n')
    // Only the two that are ours, and what was rotated here.
    expect(removed.map(({ file: path }) => path.slice(folder.length + 1)).sort()).toEqual(['app.20200105.log', 'app.20200106.log', 'app.20251001_120000.log'])
  })
})

describe('what the last process left is put right at start', () => {
  test('a plain archive is compressed', async () => {
    put('app.20250930.log')
    const { stream } = open({})
    await passUntil(once(stream, 'compressed'))
    await closed(stream)
    expect(names()).toEqual(['app.20250930.log.gz'])
    expect(gunzipSync(readFileSync(join(folder, 'app.20250930.log.gz'))).toString()).toBe('app.20250930.log\n')
  })

  test('a half-written copy and an unused successor are removed', async () => {
    put('app.20250930.log')
    put('.app.log.rotor.pack.app.20250930.log', 'half')
    put('.app.log.rotor.next', '')
    const { stream } = open({})
    await sweepNow(stream)
    await closed(stream)
    expect(names()).toEqual(['app.20250930.log.gz'])
  })

  test('an archive name that was reserved and never used is removed', async () => {
    put('app.20250930.log', '')
    const { stream, compressed } = open({})
    await sweepNow(stream)
    await closed(stream)
    expect(names()).toEqual([])
    expect(compressed).toEqual([])
  })

  test('of a plain archive and its compressed copy one stays', async () => {
    put('app.20250929.log', 'whole\n')
    writeFileSync(join(folder, 'app.20250929.log.gz'), gzipSync('whole\n'))
    put('app.20250930.log', 'whole and more\n')
    writeFileSync(join(folder, 'app.20250930.log.gz'), gzipSync('whole'))
    const { stream } = open({})
    await sweepNow(stream)
    await closed(stream)
    expect(archivesOf(file).map(({ name, content }) => [name, content.toString()])).toEqual([
      ['app.20250929.log.gz', 'whole\n'],
      ['app.20250930.log.gz', 'whole and more\n']
    ])
  })

  test('a swap that was cut off after its first step is finished', async () => {
    writeFileSync(file, 'line\n')
    linkSync(file, join(folder, 'app.20250930_235959.log'))
    const { stream } = open({ compress: false })
    stream.write('next\n')
    await closed(stream)
    expect(archivesOf(file).map(({ name, content }) => [name, content.toString()])).toEqual([['app.20250930_235959.1.log', 'line\n']])
    expect(readFileSync(file, 'utf8')).toBe('next\n')
  })
})

describe('asking', () => {
  test('several times before a sweep begins makes one sweep', async () => {
    const { stream } = open({ compress: false })
    await settleDisk()
    disk.listings = 0
    await passUntil(Promise.all(Array.from({ length: 100 }, async () => { await stream.sweep() })))
    expect(disk.listings).toBeLessThan(4)
    await closed(stream)
  })

  test('a log that closes meanwhile is refused', async () => {
    put('app.20250930.log')
    const { stream } = open({})
    const refused = expect(stream.sweep()).rejects.toMatchObject({ code: 'ERR_ROTOR_CLOSED', path: file })
    await closed(stream)
    await refused
    await expect(stream.sweep()).rejects.toMatchObject({ code: 'ERR_ROTOR_CLOSED' })
    expect(names()).toEqual(['app.20250930.log'])
  })

  test('nothing makes no sweep but the scheduled ones', async () => {
    const { stream } = open({ sweep: '24h' })
    await settleDisk()
    disk.listings = 0
    await passSlowly(23 * hour)
    expect(disk.listings).toBe(1)
    await closed(stream)
  })
})
