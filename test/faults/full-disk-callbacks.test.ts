// Guarantee 14: on a disk that is really full, every callback is called and every promise settles, in each life of a log: while lines
// wait, at the end, and after the worker has died.
import { once } from 'node:events'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { DroppedEvent } from '../../src/events.js'
import { rotor, transport } from '../support/built-package.js'
import { collect } from '../support/events.js'
import { keptLines } from '../support/kept.js'
import { SmallDisk, canMount } from '../support/small-disk.js'

type Destination = Awaited<ReturnType<typeof rotor>> | ReturnType<typeof transport>

const faces = [
  { face: 'handle', open: async (options: Parameters<typeof transport>[0]): Promise<Destination> => transport(options) },
  { face: 'in-process stream', open: async (options: Parameters<typeof transport>[0]): Promise<Destination> => await rotor(options) }
]

const options = { compress: false, limit: false, report: false, buffer: '64k' } as const
const line = `{"pad":"${'x'.repeat(989)}"}\n`

interface Log { readonly destination: Destination, readonly disk: SmallDisk, readonly file: string, readonly errors: unknown[], logged: number }

function write (log: Log, lines: number): void {
  for (let count = 0; count < lines; count++) log.destination.write(line)
  log.logged += lines
}

/** A log with some lines in its file, and more lines that the disk has no room for. */
async function openOnFullDisk (open: (typeof faces)[number]['open'], more: Partial<Parameters<typeof transport>[0]> = {}): Promise<Log> {
  const disk = new SmallDisk('size=1m')
  const file = join(disk.directory, 'app.log')
  const destination = await open({ ...options, ...more, file })
  const log = { destination, disk, file, errors: collect(destination, 'error'), logged: 0 }
  await once(destination, 'ready')
  write(log, 10)
  await called((callback) => { destination.flush(callback) })
  disk.fillUp()
  const failed = once(destination, 'failed')
  write(log, 10)
  expect(await failed).toMatchObject([{ code: 'ENOSPC' }])
  return log
}

/** Resolves to the code of the error that the callback gets, or to `called`. */
async function called (action: (callback: (error?: Error | null) => void) => void): Promise<string> {
  return await new Promise((resolve) => { action((error) => { resolve(outcomeOf(error)) }) })
}

async function settled (promise: Promise<unknown>): Promise<string> {
  return await promise.then(() => 'resolved', outcomeOf)
}

function outcomeOf (error: unknown): string {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code ?? error.name : 'called'
}

async function everyAnswer ({ destination }: Log): Promise<Record<string, string>> {
  const answers = askEverything(destination)
  destination.flushSync()
  return await outcomes(answers)
}

async function outcomes (answers: Record<string, Promise<string>>): Promise<Record<string, string>> {
  return Object.fromEntries(await Promise.all(Object.entries(answers).map(async ([name, answer]) => [name, await answer] as const)))
}

function askEverything (destination: Destination): Record<string, Promise<string>> {
  return {
    write: called((callback) => { destination.write(line, callback) }),
    flush: called((callback) => { destination.flush(callback) }),
    rotate: settled(destination.rotate()),
    sweep: settled(destination.sweep()),
    status: settled(destination.status()),
    upload: settled(destination.upload())
  }
}

async function ended ({ destination }: Pick<Log, 'destination'>): Promise<string[]> {
  const closed = once(destination, 'close')
  const answers = Promise.all([
    called((callback) => { destination.flush(callback) }),
    called((callback) => { destination.end(line, callback) }),
    called((callback) => { destination.end(callback) })
  ])
  await closed
  return await answers
}

describe.runIf(canMount).each(faces)('on a full disk, the $face', ({ face, open }) => {
  test('calls every callback and settles every promise, and the same again once there is room', async () => {
    const log = await openOnFullDisk(open)
    // The lines wait in memory, so their write is done. `flush` waits for the disk, `rotate` needs it, and `sweep` needs its lock.
    expect(await everyAnswer(log)).toEqual({ write: 'called', flush: 'ERR_ROTOR_STALLED', rotate: 'ERR_ROTOR_BUSY', sweep: 'ENOSPC', status: 'resolved', upload: 'ERR_ROTOR_OPTIONS' })
    log.logged++
    const recovered = once(log.destination, 'recovered')
    log.disk.empty()
    await recovered
    expect(await everyAnswer(log)).toEqual({ write: 'called', flush: 'called', rotate: 'resolved', sweep: 'resolved', status: 'resolved', upload: 'ERR_ROTOR_OPTIONS' })
    log.logged++
    expect(await ended(log)).toEqual(['called', 'called', 'called'])
    expect(keptLines(log.file)).toHaveLength(log.logged + 1)
    expect(log.errors).toEqual([])
  })

  test('resolves sweep() where a limit allows to make room', async () => {
    const disk = new SmallDisk('size=1m')
    const file = join(disk.directory, 'app.log')
    const destination = await open({ ...options, limit: { count: 1, age: false }, file })
    await once(destination, 'ready')
    for (const second of ['01', '02', '03']) writeFileSync(join(disk.directory, `app.20250101_0000${second}.log`), line.repeat(50))
    disk.fillUp()
    expect(await settled(destination.sweep())).toBe('resolved')
    expect(readdirSync(disk.directory).filter((name) => name.startsWith('app.2025'))).toEqual(['app.20250101_000003.log'])
    expect(await ended({ destination })).toEqual(['called', 'called', 'called'])
  })

  test('calls back from end, closes, and counts what the disk did not take', async () => {
    const log = await openOnFullDisk(open)
    const dropped = collect<DroppedEvent>(log.destination, 'dropped')
    write(log, 200)
    expect(await ended(log)).toEqual(['called', 'called', 'called'])
    const droppedLines = dropped.reduce((sum, { lines }) => sum + lines, 0)
    const wholeLines = keptLines(log.file).filter((text) => text.length === line.length - 1).length
    expect(wholeLines + droppedLines).toBe(log.logged + 1)
    expect(log.errors).toEqual([])
    expect(face === 'handle' ? await settled(log.destination.status()) : 'ERR_ROTOR_CLOSED').toBe('ERR_ROTOR_CLOSED')
  })
})

test.runIf(canMount)('on a full disk, a handle whose worker has died calls every callback and settles every promise', async () => {
  const disk = new SmallDisk('size=64k')
  const module = join(disk.directory, 'when.mjs')
  // A module cannot end the worker by process.exit(). `reallyExit` ends it at once.
  writeFileSync(module, "export default (line) => { if (line.includes('die')) process.reallyExit(1); return false }")
  const log = await openOnFullDisk(async (given) => transport({ ...given, rotateWhen: module }))
  const dropped = collect<DroppedEvent>(log.destination, 'dropped')
  const closed = once(log.destination, 'close')
  log.destination.write('{"die":true}\n')
  const waiting = outcomes(askEverything(log.destination))
  await closed
  const lost = 'ERR_ROTOR_WORKER'
  expect(await waiting).toEqual({ write: lost, flush: lost, rotate: lost, sweep: lost, status: lost, upload: lost })
  const late = 'ERR_ROTOR_CLOSED'
  expect(await everyAnswer(log)).toEqual({ write: lost, flush: 'called', rotate: late, sweep: late, status: late, upload: late })
  expect(await called((callback) => { log.destination.end(callback) })).toBe(lost)
  expect(dropped.reduce((sum, { lines }) => sum + lines, 0)).toBeGreaterThan(0)
  expect(log.errors).toEqual([])
})
