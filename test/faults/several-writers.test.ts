// Several writers on one path, as they come about: two workers in one process, a cluster, a restart that overlaps with
// its predecessor. Everything is compared line by line with what was logged.
import { execFile } from 'node:child_process'
import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, watch, writeFileSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import type { RotationReason } from '../../src/events.js'
import type { RotorOptions } from '../../src/options/options.js'
import { rotor } from '../support/built-package.js'
import { FakeClock, canFakeClock } from '../support/clock-fake.js'
import { closed } from '../support/events.js'
import { WritersProcess, type StartOptions, type WritersJob, type Written } from '../support/writers.js'
import { archivesOf, filesOf } from '../support/kept.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { expectAllOnce, leftoversOf, writersInOrder } from '../support/writers-log.js'

const run = promisify(execFile)
const commandLine = join(import.meta.dirname, '../../dist/cli.js')
const lineBytes = 200
const fileBytesMax = 64 * 1024
const dayMs = 86_400_000
const unlimited = { count: false, age: false } as const

let file: string

beforeEach(() => { file = join(temporaryFolder(), 'app.log') })

type Job = Omit<WritersJob, 'options'> & { readonly options?: Partial<RotorOptions> }

async function start (job: Job, how: StartOptions = {}): Promise<WritersProcess> {
  const started = await WritersProcess.start({ lineBytes, ...job, options: { file, size: '64k', limit: unlimited, report: false, ...job.options } }, how)
  onTestFinished(async () => { await started.kill() })
  return started
}

/** One process with one writer that does as it is told. */
async function startOne (name: string, options: Partial<RotorOptions> = {}, kind: 'stream' | 'transport' = 'stream'): Promise<WritersProcess> {
  return await start({ writers: [{ name, kind, lines: 0 }], options })
}

/** One process with one writer that writes until it is stopped; its first line is in the file. */
async function startWriting (name: string, options: Partial<RotorOptions> = {}): Promise<WritersProcess> {
  const started = await start({ writers: [{ name, kind: 'transport', lines: 0 }], tickMs: 1, options })
  await started.ask('write', { lines: 1 })
  await started.keepWriting()
  return started
}

/** Resolves when one of them has rotated from now on. */
async function nextRotation (...processes: WritersProcess[]): Promise<void> {
  await Promise.race(processes.map(async (writers) => await writers.until(({ event }) => event === 'rotated', writers.told.length)))
}

/** Resolves when there is something in the file at the path. */
async function filled (): Promise<void> {
  await vi.waitUntil(() => (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0, { timeout: 30_000, interval: 5 })
}

/** A log with one line in it that was last written two days ago. */
function makeOldFile (): void {
  writeFileSync(file, '{"writer":"old","number":1}\n')
  const twoDaysAgo = new Date(Date.now() - 2 * dayMs)
  utimesSync(file, twoDaysAgo, twoDaysAgo)
}

/** The processes rotated for these reasons, none failed to, and there are as many archives. */
function expectRotations (processes: readonly WritersProcess[], reasons: readonly RotationReason[]): void {
  expect(processes.flatMap((writers) => writers.events('failed'))).toEqual([])
  expect(processes.flatMap((writers) => writers.events('rotated')).map(({ reason }) => reason)).toEqual(reasons)
  expect(archivesOf(file)).toHaveLength(reasons.length)
}

/** Resolves when a file with that in its name is made beside the log. */
async function appearing (file: string, part: string): Promise<void> {
  await new Promise<void>((resolve) => {
    const watcher = watch(dirname(file), (_, name) => {
      if (name?.includes(part) !== true) return
      watcher.close()
      resolve()
    })
  })
}

test('keeps every line once if four processes with two workers each write one file', async () => {
  const names = ['a', 'b', 'c', 'd'].map((process) => [`${process}1`, `${process}2`])
  const lines = 6_000
  const processes = await Promise.all(names.map(async (pair) => await start({
    writers: pair.map((name) => ({ name, kind: 'transport', lines })), linesPerTick: 20
  })))

  await Promise.all(processes.map(async (writers) => await writers.ask('begin')))
  await processes[0]?.ask('sweep')
  await Promise.all(processes.map(async (writers) => { await writers.end() }))

  expectAllOnce(file, names.flat().map((name) => ({ name, lines })))
  const rotated = processes.flatMap((writers) => writers.events('rotated'))
  expect(new Set(rotated.map(({ archive }) => archive)).size).toBe(rotated.length)
  expect(processes.flatMap((writers) => [...writers.events('failed'), ...writers.events('dropped')])).toEqual([])
  // Each of eight writers may have handed over a few ticks of lines that it had not seen the rotation of yet.
  for (const { name, content } of archivesOf(file)) expect(content.length, name).toBeGreaterThan(fileBytesMax - lineBytes)
  expect(leftoversOf(file)).toEqual([])
})

test.runIf(canFakeClock)('rotates once for a boundary that eight writers reach at the same time', async () => {
  const clock = new FakeClock('2025-10-01T10:30:00Z')
  const processes = await Promise.all(['a', 'b', 'c', 'd'].map(async (process) => await start({
    writers: [1, 2].map((number) => ({ name: `${process}${number}`, kind: 'transport', lines: 0 })),
    options: { size: false, frequency: 'hourly' },
    linesPerTick: 1,
    tickMs: 1
  }, { environment: clock.environment })))
  await Promise.all(processes.map(async (writers) => {
    await writers.ask('write', { lines: 1 })
    await writers.keepWriting()
  }))

  const rotated = nextRotation(...processes)
  clock.set('2025-10-01T11:00:01Z')
  await rotated
  const written = await Promise.all(processes.map(async (writers) => await writers.stopWriting()))
  await Promise.all(processes.map(async (writers) => { await writers.end() }))

  expectAllOnce(file, written.flat())
  expectRotations(processes, ['time'])
})

test.runIf(canFakeClock)('rotates once for a boundary that a writer finds reached right before another rotates', async () => {
  const clock = new FakeClock('2025-10-01T10:30:00Z')
  const hourly = { options: { size: false, frequency: 'hourly' } } as const
  const [slow, quick] = await Promise.all(['slow', 'quick'].map(async (name) => (
    await start({ writers: [{ name, kind: 'stream', lines: 0 }], ...hourly }, { environment: clock.environment })
  ))) as [WritersProcess, WritersProcess]
  await slow.ask('write', { lines: 1 })
  await quick.ask('write', { lines: 1 })

  clock.set('2025-10-01T11:00:01Z')
  const written = slow.ask('stopBeforeLock')
  await slow.until(({ event }) => event === 'stopping')
  await quick.ask('write', { lines: 1 })
  slow.signal('SIGCONT')
  await written
  await Promise.all([slow.end(), quick.end()])

  expectAllOnce(file, [{ name: 'slow', lines: 2 }, { name: 'quick', lines: 2 }])
  expectRotations([slow, quick], ['time'])
})

test('rotates once for a boundary that was missed when eight writers start at the same time', async () => {
  makeOldFile()
  const processes = await Promise.all(['a', 'b', 'c', 'd'].map(async (process) => await start({
    writers: [1, 2].map((number) => ({ name: `${process}${number}`, kind: 'transport', lines: 0 })),
    options: { frequency: 'daily' }
  })))
  await Promise.all(processes.map(async (writers) => { await writers.end() }))

  expectAllOnce(file, [{ name: 'old', lines: 1 }])
  expectRotations(processes, ['start'])
})

test('rotates once for a missed boundary that a writer finds right before another rotates', async () => {
  makeOldFile()
  const [slow, quick] = await Promise.all([0, 1].map(async () => await start({ writers: [], options: { frequency: 'daily' } }))) as [WritersProcess, WritersProcess]
  const opened = slow.ask('openBeforeLock', { name: 'slow', kind: 'stream' })
  await slow.until(({ event }) => event === 'stopping')
  await quick.ask('open', { name: 'quick', kind: 'stream' })
  await quick.ask('write', { lines: 1 })
  slow.signal('SIGCONT')
  await opened
  await slow.ask('write', { lines: 1 })
  await Promise.all([slow.end(), quick.end()])

  expectAllOnce(file, ['old', 'slow', 'quick'].map((name) => ({ name, lines: 1 })))
  expectRotations([slow, quick], ['start'])
})

test('makes no file larger than its size plus the bytes that the other writers have in flight', async () => {
  const names = ['a', 'b', 'c', 'd'].map((process) => [`${process}1`, `${process}2`])
  const linesPerTick = 2
  const processes = await Promise.all(names.map(async (pair) => await start({
    writers: pair.map((name) => ({ name, kind: 'transport', lines: 1_500 })), linesPerTick, tickMs: 1
  })))

  await Promise.all(processes.map(async (writers) => await writers.ask('begin')))
  await Promise.all(processes.map(async (writers) => { await writers.end() }))

  // In the first file they have not seen each other yet.
  const [, ...files] = filesOf(file)
  const inFlightBytes = (names.flat().length - 1) * linesPerTick * lineBytes
  expect(files.length).toBeGreaterThan(10)
  for (const { name, content } of files) expect(content.length, name).toBeLessThanOrEqual(fileBytesMax + inFlightBytes)
})

test('keeps every file within `size` and 16 KiB for each of eight writers that write as fast as they can', async () => {
  const names = ['a', 'b', 'c', 'd'].map((process) => [`${process}1`, `${process}2`])
  const processes = await Promise.all(names.map(async (pair) => await start({
    writers: pair.map((name) => ({ name, kind: 'transport', lines: 3_000 })), options: { size: '200k' }, linesPerTick: 500
  })))

  await Promise.all(processes.map(async (writers) => await writers.ask('begin')))
  await Promise.all(processes.map(async (writers) => { await writers.end() }))

  const files = filesOf(file)
  expect(files.length).toBeGreaterThan(10)
  for (const { name, content } of files) expect(content.length, name).toBeLessThanOrEqual((200 + 8 * 16) * 1024)
  expectAllOnce(file, names.flat().map((name) => ({ name, lines: 3_000 })))
})

test.each([{ moment: 'before' }, { moment: 'after' }])('keeps a line once whose writer is stopped for seconds right $moment its write, while the archive is compressed', async ({ moment }) => {
  const [stopped, other] = await Promise.all([startOne('stopped'), startOne('other')])
  await stopped.ask('write', { lines: 3 })
  const written = stopped.ask('stopInWrite', { moment })
  await stopped.until(({ event }) => event === 'stopping')

  await other.ask('write', { lines: 1 })
  await other.ask('rotate')
  await other.ask('sweep')
  expect(archivesOf(file).map(({ name }) => extname(name))).toEqual(['.gz'])
  stopped.signal('SIGCONT')
  await written
  await stopped.ask('write', { lines: 1 })
  await Promise.all([stopped.end(), other.end()])

  expectAllOnce(file, [{ name: 'stopped', lines: 5 }, { name: 'other', lines: 1 }])
})

test('keeps every line once of two writers that are stopped for seconds in their writes, while the archive is compressed', async () => {
  const [before, after, other] = await Promise.all([startOne('before'), startOne('after'), startOne('other')])
  await Promise.all([before.ask('write', { lines: 3 }), after.ask('write', { lines: 3 })])
  const written = [before.ask('stopInWrite', { moment: 'before' }), after.ask('stopInWrite', { moment: 'after' })]
  await Promise.all([before, after].map(async (stopped) => await stopped.until(({ event }) => event === 'stopping')))

  await other.ask('write', { lines: 1 })
  await other.ask('rotate')
  await other.ask('sweep')
  expect(archivesOf(file).map(({ name }) => extname(name))).toEqual(['.gz'])
  // Its late write hides the seal from the other one.
  before.signal('SIGCONT')
  await written[0]
  after.signal('SIGCONT')
  await written[1]
  await Promise.all([before.end(), after.end(), other.end()])

  expectAllOnce(file, [{ name: 'before', lines: 4 }, { name: 'after', lines: 4 }, { name: 'other', lines: 1 }])
})

test('keeps a line if its writer is stopped before the write, while a backup gives the archive a second name and the archive is compressed', async () => {
  const [stopped, other] = await Promise.all([startOne('stopped'), startOne('other')])
  await stopped.ask('write', { lines: 3 })
  const written = stopped.ask('stopInWrite', { moment: 'before' })
  await stopped.until(({ event }) => event === 'stopping')

  await other.ask('rotate')
  const [archive] = archivesOf(file)
  const backup = temporaryFolder()
  linkSync(join(dirname(file), archive?.name ?? ''), join(backup, 'app.log'))
  await other.ask('sweep')
  expect(archivesOf(file).map(({ name }) => extname(name))).toEqual(['.gz'])
  stopped.signal('SIGCONT')
  await written
  await Promise.all([stopped.end(), other.end()])

  expectAllOnce(file, [{ name: 'stopped', lines: 4 }])
  expect(readFileSync(join(backup, 'app.log'), 'utf8')).toContain('"number":4')
})

test('writes a line again if a process that was stopped under the lock removes its archive', async () => {
  const [stopped, other, compressing] = await Promise.all([startOne('stopped'), startOne('other'), startOne('compressing')])
  await stopped.ask('write', { lines: 3 })
  const written = stopped.ask('stopInWrite')
  await stopped.until(({ event }) => event === 'stopping')

  await other.ask('rotate')
  await other.end()
  const swept = compressing.ask('stopInRemoval')
  await compressing.until(({ event }) => event === 'stopping')
  stopped.signal('SIGCONT')
  await Promise.race([written, stopped.until(({ event }) => event === 'failed')])
  compressing.signal('SIGCONT')
  await Promise.all([swept, written])
  await Promise.all([stopped.end(), compressing.end()])

  expectAllOnce(file, [{ name: 'stopped', lines: 4 }])
  expect(stopped.events('failed')).toMatchObject([{ step: 'write', code: 'ERR_ROTOR_BUSY' }])
  expect(stopped.events('recovered')).toMatchObject([{ step: 'write', droppedLines: 0 }])
})

test('continues in a full file, and reports it once, while a rotating process is stopped', async () => {
  const [stopped, writer] = await Promise.all([startOne('stopped', { size: '4k' }), startOne('writer', { size: '4k' })])
  await stopped.ask('write', { lines: 1 })
  const rotated = stopped.ask('stopInRotation')
  await stopped.until(({ event }) => event === 'stopping')
  let lines = 0
  while (writer.events('failed').length === 0) await writer.ask('write', { lines: (lines += 30, 30) })
  expect(statSync(file).size).toBeGreaterThan(4 * 1024)
  expect(writer.events('failed')).toMatchObject([{ step: 'rotate', code: 'ERR_ROTOR_BUSY' }])

  stopped.signal('SIGCONT')
  await rotated
  while (writer.events('recovered').length === 0) await writer.ask('write', { lines: (lines += 30, 30) })
  await Promise.all([stopped.end(), writer.end()])
  expectAllOnce(file, [{ name: 'stopped', lines: 1 }, { name: 'writer', lines }])
  expect(writer.events('failed')).toHaveLength(1)
})

test('keeps every line once of writers that are continued at any moment of a compression', async () => {
  const rounds = 8
  await Promise.all(Array.from({ length: rounds }, async (_, round) => {
    const file = join(temporaryFolder(), 'app.log')
    const [stopped, other] = await Promise.all([startOne('stopped', { file, size: '50m' }), startOne('other', { file, size: '50m' })])
    // Enough for the compression to take a while.
    await other.ask('write', { lines: 20_000 })
    const written = stopped.ask('stopInWrite')
    await stopped.until(({ event }) => event === 'stopping')
    await other.ask('rotate')
    const swept = other.ask('sweep')
    await appearing(file, '.rotor.pack.')
    await delay(round * 40)
    stopped.signal('SIGCONT')
    await Promise.all([written, swept])
    await other.ask('sweep')
    await Promise.all([stopped.end(), other.end()])
    expectAllOnce(file, [{ name: 'stopped', lines: 1 }, { name: 'other', lines: 20_000 }])
  }))
})

test('loses nothing and goes on within a second when a writer is killed while it holds the lock', async () => {
  const survivor = await startOne('survivor')
  const lock = join(dirname(file), '.app.log.rotor.lock')
  const calls = ['link', 'rename', 'release']
  const pausesMs: number[] = []
  for (const before of calls) {
    const victim = await startOne(before)
    await victim.ask('write', { lines: 10 })
    victim.ask('stopInRotation', { before }).catch(() => {}) // It does not live to answer.
    await victim.until(({ event }) => event === 'stopping')
    expect(readFileSync(lock, 'utf8')).toContain(`pid=${victim.pid} `)

    victim.signal('SIGKILL')
    const killedMs = performance.now()
    await survivor.ask('write', { lines: 10 })
    expect(await survivor.ask('rotate'), `one attempt after a kill before ${before}`).not.toBeNull()
    pausesMs.push(performance.now() - killedMs)
  }
  await survivor.ask('sweep')
  await survivor.end()

  // A machine that stands still for a moment in one of the rounds is not what is asked about.
  expect(Math.min(...pausesMs)).toBeLessThan(1_000)
  expectAllOnce(file, [...calls.map((name) => ({ name, lines: 10 })), { name: 'survivor', lines: 10 * calls.length }])
  expect(archivesOf(file)).toHaveLength(calls.length + 1)
  expect(leftoversOf(file)).toEqual([])
})

test('breaks the lock of a child that was killed before its parent learns of it', async () => {
  const parent = await rotor({ file, report: false })
  const child = await startOne('child')
  await child.ask('write', { lines: 1 })
  child.ask('stopInRotation').catch(() => {}) // It does not live to answer.
  await child.until(({ event }) => event === 'stopping')

  // This process hears of its children when it is idle, which it is not from here to the end of the rotation.
  child.signal('SIGKILL')
  expect(await parent.rotate()).not.toBeNull()
  await closed(parent)
  expectAllOnce(file, [{ name: 'child', lines: 1 }])
})

test('hands over without a gap to a successor that starts before its predecessor ends', async () => {
  const generations = ['first', 'second', 'third', 'fourth']
  const written: Written[] = []
  let predecessor = await startWriting('first')
  for (const name of generations.slice(1)) {
    const successor = await startWriting(name)
    await nextRotation(predecessor, successor)
    written.push(...await predecessor.stopWriting())
    await predecessor.end()
    predecessor = successor
  }
  written.push(...await predecessor.stopWriting())
  await predecessor.end()

  expectAllOnce(file, written)
  const order = writersInOrder(file)
  generations.slice(1).forEach((successor, index) => {
    expect(order.indexOf(successor), `first line of ${successor}`).toBeLessThan(order.lastIndexOf(generations[index] ?? ''))
  })
})

test('follows a rotation that the command line makes', async () => {
  const rotations = 5
  const writer = await startWriting('writer', { size: '50m' })
  for (let rotation = 0; rotation < rotations; rotation++) {
    await filled()
    await run(process.execPath, [commandLine, 'rotate', file])
  }
  await filled()
  const written = await writer.stopWriting()
  await writer.end()

  expectAllOnce(file, written)
  expect(archivesOf(file)).toHaveLength(rotations)
  expect(writer.events('rotated')).toEqual([])
})

test('continues at the path when the file is moved away by hand, and loses no line', async () => {
  const moved = ['moved-1', 'moved-2', 'moved-3'].map((name) => join(dirname(file), name))
  const writers = await start({
    writers: ['a', 'b'].map((name) => ({ name, kind: 'transport', lines: 0 })), options: { size: '50m' }, linesPerTick: 2, tickMs: 1
  })
  await writers.keepWriting()
  for (const away of moved) {
    await filled()
    renameSync(file, away)
  }
  await filled()
  const written = await writers.stopWriting()
  await writers.end()

  // Put together in the order in which they were moved, they are the log.
  const whole = Buffer.concat([...moved, file].map((path) => readFileSync(path)))
  for (const path of moved) rmSync(path)
  writeFileSync(file, whole)
  expectAllOnce(file, written)
})

test('continues in a new file when the file is removed by hand, and writes the lines since its last look again', async () => {
  const writer = await startOne('a')
  await writer.ask('writeAndRemove', { lines: 50 })
  await writer.ask('write', { lines: 50 })
  await writer.end()
  expectAllOnce(file, [{ name: 'a', lines: 100 }])
})
