// A disk that is really full, whose quota is used up, or that has no more files to give: what is kept, what is dropped, and
// how it goes on.
import { once } from 'node:events'
import { readdirSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { constants, deflateRawSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { DroppedEvent, FailedEvent, RecoveredEvent, RemovedEvent } from '../../src/events.js'
import type { RotorOptions } from '../../src/options/options.js'
import type { LogStream } from '../../src/stream.js'
import { rotor, transport } from '../support/built-package.js'
import { closed, collect } from '../support/events.js'
import { kept, keptLines } from '../support/kept.js'
import { backAgainMs, flushSyncMaxMs, flushSyncMs, untilWritten } from '../support/recovery.js'
import { SmallDisk, canMount } from '../support/small-disk.js'
import { Subvolume, canMakeSubvolumes } from '../support/subvolume.js'

const lineBytes = 1_000
/** No page of a disk ever ends where one of some thousand such lines does. */
const oddLineBytes = 997
const pageBytes = 4_096

function line (number: number, bytes = lineBytes): string {
  const start = `{"number":${number},"pad":"`
  return `${start}${'x'.repeat(bytes - start.length - 3)}"}\n`
}

function lines (from: number, to: number, bytes = lineBytes): string {
  return Array.from({ length: to - from + 1 }, (_, index) => line(from + index, bytes)).join('')
}

function numbersIn (file: string): number[] {
  return keptLines(file).map((text) => (JSON.parse(text) as { number: number }).number)
}

function upTo (count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1)
}

interface Told { readonly failed: FailedEvent[], readonly dropped: DroppedEvent[], readonly recovered: RecoveredEvent[], readonly removed: RemovedEvent[] }

interface Opened { readonly log: LogStream, readonly told: Told }

async function open (file: string, options: Partial<RotorOptions> = {}): Promise<Opened> {
  const log = await rotor({ file, report: false, ...options })
  return { log, told: { failed: collect(log, 'failed'), dropped: collect(log, 'dropped'), recovered: collect(log, 'recovered'), removed: collect(log, 'removed') } }
}

/** A compression that found no room has left the source alone, and succeeds as soon as there is some. Closes the log. */
async function expectPackedWithRoom (disk: SmallDisk, file: string, text: string, { log, told }: Opened): Promise<void> {
  expect(readdirSync(disk.directory).filter((name) => /pack|\.gz$/.test(name))).toEqual([])
  expect(kept(file).toString()).toBe(text)
  disk.empty()
  await once(log, 'compressed')
  await closed(log)
  expect(kept(file).toString()).toBe(text)
  expect(told.recovered.map(({ step }) => step)).toEqual(['compress'])
}

/** Lines whose gzip file ends a few bytes beyond a page of the disk: the end mark, which is written when all else was. */
function noiseThatEndsOnNewPage (): { text: string, packedBytes: number } {
  const endBytes = 10
  const headerBytes = 10
  for (let count = 500, text = noise(count); ; count++, text += noiseLine(count)) {
    const packedBytes = headerBytes + deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH }).length + endBytes
    if (packedBytes % pageBytes > 0 && packedBytes % pageBytes <= endBytes) return { text, packedBytes }
  }
}

function noise (count: number): string {
  return Array.from({ length: count }, (_, index) => noiseLine(index + 1)).join('')
}

function noiseLine (number: number): string {
  return `{"number":${number},"pad":"${Math.sin(number)}"}\n`
}

/** Writing failed once for that reason, came back once, and cost no line. */
function expectOneFailure ({ failed, recovered, dropped }: Told, reason: string): void {
  expect(failed.map(({ step, code }) => [step, code])).toEqual([['write', reason]])
  expect(recovered).toMatchObject([{ step: 'write', droppedLines: 0, droppedBytes: 0 }])
  expect(dropped).toEqual([])
}

describe.runIf(canMount)('a full disk', () => {
  test('is survived: the line that was cut off is completed, and logging resumes by itself within five seconds', async () => {
    const disk = new SmallDisk('size=1m')
    const file = join(disk.directory, 'app.log')
    const { log, told } = await open(file)
    log.write(lines(1, 10))
    disk.fill(0)
    log.write(lines(11, 40))
    const cut = kept(file)
    expect(cut.length % lineBytes).not.toBe(0)
    log.write(lines(41, 60))
    await once(log, 'failed')
    disk.empty()
    const waitedMs = await untilWritten(log)
    log.write(lines(61, 70))
    await closed(log)

    expect(waitedMs).toBeLessThan(backAgainMs)
    expect(kept(file).toString()).toBe(lines(1, 70))
    expectOneFailure(told, 'ENOSPC')
  })

  test('drops only the lines that do not fit into the buffer, and counts them exactly', async () => {
    const disk = new SmallDisk('size=1m')
    const file = join(disk.directory, 'app.log')
    const { log, told } = await open(file, { buffer: '64k' })
    // The start's own small files take room for a moment.
    await log.sweep()
    let logged = 0
    // A chunk that the disk took in part waits as a whole, so each one is small.
    const logMore = (): void => { for (let chunk = 0; chunk < 5; chunk++) log.write(lines(logged + 1, logged += 4)) }
    disk.fill(100_500)
    for (let burst = 0; burst < 10; burst++) logMore()
    for (let burst = 0; burst < 5; burst++) {
      logMore()
      await new Promise((resolve) => { setTimeout(resolve, 150) })
    }
    disk.empty()
    expect(await untilWritten(log)).toBeLessThan(backAgainMs)
    const loggedWhenFull = logged
    logMore()
    await closed(log)

    const numbers = numbersIn(file)
    const keptWhenFull = numbers.filter((number) => number <= loggedWhenFull).length
    const [recovered] = told.recovered
    expect(numbers.length + (recovered?.droppedLines ?? 0)).toBe(logged)
    expect(sum(told.dropped, 'lines')).toBe(recovered?.droppedLines)
    expect(sum(told.dropped, 'bytes')).toBe(recovered?.droppedBytes)
    expect(recovered?.droppedBytes).toBe((recovered?.droppedLines ?? 0) * lineBytes)
    expect(recovered?.droppedLines).toBeGreaterThan(100)
    expect([told.failed.length, told.recovered.length]).toEqual([1, 1])
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
    expect(keptWhenFull).toBeGreaterThanOrEqual(98 + 60)
    expect(keptWhenFull).toBeLessThanOrEqual(Math.ceil((100_500 + 64 * 1024) / lineBytes) + 4)
  })

  test('uses no more memory than the buffer, even if much is logged meanwhile', async () => {
    const disk = new SmallDisk('size=1m')
    const { log, told } = await open(join(disk.directory, 'app.log'), { buffer: '4m' })
    const burst = lines(1, 1_000)
    disk.fill(0)
    const beforeBytes = process.memoryUsage().arrayBuffers
    for (let count = 0; count < 200; count++) log.write(burst)
    const heldBytes = process.memoryUsage().arrayBuffers - beforeBytes
    await closed(log)

    expect(sum(told.dropped, 'lines')).toBe(200_000)
    // Beside the buffer stand the lines that were refused first and the memory that takes the next.
    expect(heldBytes).toBeLessThan(16 * 1024 * 1024)
  })

  test('counts at the end the lines that could not be written', async () => {
    const disk = new SmallDisk('size=1m')
    const file = join(disk.directory, 'app.log')
    const { log, told } = await open(file)
    disk.fill(10_500)
    log.write(lines(1, 30))
    await closed(log)
    const whole = kept(file).toString().split('\n').length - 1
    expect(whole + sum(told.dropped, 'lines')).toBe(30)
  })

  test('gets room: archives beyond the limit are removed first', async () => {
    const disk = new SmallDisk('size=1m')
    const file = join(disk.directory, 'app.log')
    for (const day of ['01', '02', '03']) writeFileSync(join(disk.directory, `app.202510${day}.log.gz`), Buffer.alloc(100_000))
    // Nothing asks for a sweep, since there is no rotation: it is the full disk that does.
    const { log, told } = await open(file, { limit: { count: 3, age: false }, compress: false, size: '100k' })
    await log.sweep()
    expect(told.removed).toEqual([])
    writeFileSync(join(disk.directory, 'app.20250930.log.gz'), Buffer.alloc(100_000))
    disk.fill(50_500)
    log.write(lines(1, 90))
    await untilWritten(log)
    await closed(log)
    expect(told.removed.map(({ file: removed, reason }) => [removed, reason])).toEqual([[join(disk.directory, 'app.20250930.log.gz'), 'count']])
    for (const day of ['01', '02', '03']) unlinkSync(join(disk.directory, `app.202510${day}.log.gz`)) // They hold no log.
    expect(numbersIn(file)).toEqual(upTo(90))
  })

  test('gets room: with minFree, the oldest archives are removed until it holds', async () => {
    const disk = new SmallDisk('size=1m')
    const file = join(disk.directory, 'app.log')
    const { log, told } = await open(file, { limit: { count: 100, age: false, minFree: '200k' }, compress: false })
    const days = ['01', '02', '03', '04', '05']
    for (const day of days) writeFileSync(join(disk.directory, `app.202510${day}.log.gz`), Buffer.alloc(100_000))
    disk.fill(20_500)
    log.write(lines(1, 50))
    expect(await untilWritten(log)).toBeLessThan(backAgainMs)
    await log.sweep()
    await closed(log)
    expect(told.removed.map(({ reason }) => reason)).toEqual(['minFree', 'minFree', 'minFree'])
    expect(readdirSync(disk.directory).filter((name) => name.endsWith('.gz')).sort()).toEqual(days.slice(3).map((day) => `app.202510${day}.log.gz`))
    expect(disk.freeBytes).toBeGreaterThan(200 * 1024)
  })

  test('gets room: archives beyond the limit are removed first, then the oldest until minFree holds', async () => {
    const disk = new SmallDisk('size=1m')
    const file = join(disk.directory, 'app.log')
    const { log, told } = await open(file, { limit: { count: 4, age: false, minFree: '200k' }, compress: false })
    await log.sweep()
    const names = ['01', '02', '03', '04', '05', '06'].map((day) => `app.202510${day}.log.gz`)
    for (const name of names) writeFileSync(join(disk.directory, name), Buffer.alloc(100_000))
    disk.fill(20_500)
    log.write(lines(1, 50))
    expect(await untilWritten(log)).toBeLessThan(backAgainMs)
    await log.sweep()
    await closed(log)

    expect(told.removed.map(({ file: removed, reason }) => `${reason} ${basename(removed)}`)).toEqual([`count ${names[0]}`, `count ${names[1]}`, `minFree ${names[2]}`])
    for (const name of names.slice(3)) unlinkSync(join(disk.directory, name)) // They hold no log.
    expect(numbersIn(file)).toEqual(upTo(50))
  })

  test('keeps the source, and gives no final name, if the compressor finds no room for its last bytes', async () => {
    const disk = new SmallDisk('size=1m')
    const file = join(disk.directory, 'app.log')
    const { log, told } = await open(file)
    const text = noise(2_000)
    log.write(text)
    await log.rotate()
    const packedBytes = gzipSync(text).length
    disk.fill(packedBytes - 8_000)
    const failure = once(log, 'failed')
    log.sweep().catch(() => {})
    expect(await failure).toMatchObject([{ step: 'compress', code: 'ENOSPC' }])
    await expectPackedWithRoom(disk, file, text, { log, told })
    expect(readdirSync(disk.directory).filter((name) => name.startsWith('app.2')).map((name) => name.slice(-3))).toEqual(['.gz'])
  })

  test('keeps the source, and gives no final name, if the compressor finds room for everything but the end', async () => {
    const disk = new SmallDisk('size=1m')
    const file = join(disk.directory, 'app.log')
    const { text, packedBytes } = noiseThatEndsOnNewPage()
    writeFileSync(join(disk.directory, 'app.20251001.log'), text)
    // The lock of the sweep takes a page as well.
    disk.fill(packedBytes - packedBytes % pageBytes + pageBytes)
    const { log, told } = await open(file, { limit: { count: false, age: false }, compress: { blocks: false } })
    expect(await once(log, 'failed')).toMatchObject([{ step: 'compress', code: 'ENOSPC' }])
    await expectPackedWithRoom(disk, file, text, { log, told })
    expect(statSync(join(disk.directory, 'app.20251001.log.gz')).size).toBe(packedBytes)
  })

  test('delays the application in flushSync for two seconds at most: at first, later, or when the buffer is full', async () => {
    const disk = new SmallDisk('size=1m')
    const file = join(disk.directory, 'app.log')
    const log = transport({ file, buffer: '8m', report: false })
    const [failure, drop] = [once(log, 'failed'), once(log, 'dropped')]
    await once(log, 'ready')
    disk.fill(10_500)
    expect(flushSyncMs(log)).toBeLessThan(flushSyncMaxMs)
    await failure
    expect(flushSyncMs(log)).toBeLessThan(flushSyncMaxMs)
    await drop
    expect(flushSyncMs(log)).toBeLessThan(flushSyncMaxMs)
    disk.empty()
    writeFileSync(join(disk.directory, 'ballast'), '')
    await closed(log)
  })
})

describe.runIf(canMakeSubvolumes)('a quota that is used up', () => {
  test('is survived like a full disk: the line that was cut off is completed as soon as more is allowed', async () => {
    const volume = new Subvolume()
    const file = join(volume.directory, 'app.log')
    volume.allow(1024 * 1024)
    const { log, told } = await open(file)
    log.write(lines(1, 2_000, oddLineBytes))
    await once(log, 'failed')
    log.write(lines(2_001, 2_010, oddLineBytes))
    expect(kept(file).length % oddLineBytes).not.toBe(0)
    volume.allow(64 * 1024 * 1024)
    const waitedMs = await untilWritten(log)
    await closed(log)

    expect(waitedMs).toBeLessThan(backAgainMs)
    expect(kept(file).toString()).toBe(lines(1, 2_010, oddLineBytes))
    expectOneFailure(told, 'EDQUOT')
  })

  test('gets room: archives beyond the limit are removed first', async () => {
    const volume = new Subvolume()
    const file = join(volume.directory, 'app.log')
    const { log, told } = await open(file, { limit: { count: 1, age: false }, compress: false })
    await log.sweep()
    for (const day of ['01', '02']) writeFileSync(join(volume.directory, `app.202510${day}.log.gz`), Buffer.alloc(500_000, day))
    volume.allow(1_200_000)
    log.write(lines(1, 500))
    await untilWritten(log)
    await closed(log)

    expect(told.failed.map(({ step, code }) => [step, code])).toEqual([['write', 'EDQUOT']])
    expect(told.removed.map(({ file: removed, reason }) => [removed, reason])).toEqual([[join(volume.directory, 'app.20251001.log.gz'), 'count']])
    unlinkSync(join(volume.directory, 'app.20251002.log.gz')) // It holds no log.
    expect(numbersIn(file)).toEqual(upTo(500))
  })
})

describe.runIf(canMount)('a disk without room for another file', () => {
  test('keeps every line in the existing file, and rotates when files can be created again', async () => {
    const disk = new SmallDisk('size=4m,nr_inodes=30')
    const file = join(disk.directory, 'app.log')
    const { log, told } = await open(file, { size: '100k' })
    disk.useAllInodes()
    log.write(lines(1, 150))
    const failure = await once(log, 'failed')
    log.write(lines(151, 300))
    expect(failure).toMatchObject([{ step: 'rotate', code: 'ENOSPC' }])
    expect(kept(file).toString()).toBe(lines(1, 300))
    disk.empty()
    const rotated = once(log, 'rotated')
    const startedMs = performance.now()
    for (let number = 301; readdirSync(disk.directory).filter((name) => name.startsWith('app.2')).length === 0; number++) {
      log.write(line(number))
      await new Promise((resolve) => { setTimeout(resolve, 20) })
    }
    await rotated
    expect(performance.now() - startedMs).toBeLessThan(backAgainMs)
    await closed(log)
    const numbers = numbersIn(file)
    expect(numbers).toEqual(upTo(numbers.length))
    expect(told.failed.filter(({ step }) => step === 'rotate')).toHaveLength(1)
    expect(told.recovered.filter(({ step }) => step === 'rotate')).toHaveLength(1)
    expect(told.dropped).toEqual([])
  })
})

function sum (events: readonly DroppedEvent[], what: 'lines' | 'bytes'): number {
  return events.reduce((total, event) => total + event[what], 0)
}
