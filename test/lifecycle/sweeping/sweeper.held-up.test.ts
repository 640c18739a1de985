// A sweep that is held up, or cannot finish: what must not wait for it, and what brings about the next one. The test moves the clock.
import { appendFileSync, readdirSync, writeFileSync } from 'node:fs'
import { EventEmitter, once } from 'node:events'
import { join } from 'node:path'
import { beforeEach, expect, test, vi } from 'vitest'
import { systemClock } from '../../../src/clock.js'
import type { Emit, FailedEvent, RemovedEvent } from '../../../src/events.js'
import type { RotorOptions } from '../../../src/options/options.js'
import { parseOptions } from '../../../src/options/parse-options.js'
import { Sweeper } from '../../../src/lifecycle/sweeping/sweeper.js'
import { StepHealth } from '../../../src/lifecycle/step-health.js'
import { swapLockOf } from '../../../src/lifecycle/swap-lock.js'
import { LogStream } from '../../../src/stream.js'
import { closed, collect } from '../../support/events.js'
import { pass, passUntil, settleDisk, stopTimeAt } from '../../support/passing-time.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

const disk = vi.hoisted(() => ({
  makeCopy: async (): Promise<void> => {},
  copyRead: (): void => {},
  open: (_path: string): void => {},
  unlink: (_path: string): void => {}
}))

vi.mock('node:fs/promises', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs/promises')>()
  return {
    ...original,
    open: async (...given: Parameters<typeof original.open>) => {
      if (!String(given[0]).includes('.rotor.pack')) return await original.open(...given)
      await disk.makeCopy()
      const copy = await original.open(...given)
      const sync = copy.sync.bind(copy)
      copy.sync = async () => { disk.copyRead(); await sync() }
      return copy
    }
  }
})

vi.mock('node:fs', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs')>()
  return {
    ...original,
    openSync: (...given: Parameters<typeof original.openSync>) => { disk.open(String(given[0])); return original.openSync(...given) },
    unlinkSync: (path: string) => { disk.unlink(path); original.unlinkSync(path) }
  }
})

let folder: string
let file: string

beforeEach(() => {
  folder = temporaryFolder()
  file = join(folder, 'app.log')
  disk.makeCopy = async () => {}
  disk.open = disk.unlink = disk.copyRead = () => {}
  stopTimeAt('2025-10-01T12:00:00Z')
})

function open (options: Partial<RotorOptions>): LogStream {
  return new LogStream(parseOptions({ file, limit: false, report: false, ...options }), systemClock)
}

function put (name: string): string {
  const path = join(folder, name)
  writeFileSync(path, `${name}\n`)
  return path
}

async function passSlowly (ms: number): Promise<void> {
  for (let passedMs = 0; passedMs < ms; passedMs += 100) {
    pass(100)
    await settleDisk()
  }
}

interface Held { readonly begun: Promise<void>, readonly goOn: () => void }

/** Holds up the next compression once it has begun. */
function holdUpCompression (): Held {
  let goOn = (): void => {}
  const held = new Promise<void>((resolve) => { goOn = resolve })
  const begun = new Promise<void>((resolve) => {
    disk.makeCopy = async () => {
      resolve()
      await held
    }
  })
  return { begun, goOn }
}

test('archives beyond the limits are removed during a long compression', async () => {
  const old = ['20', '21', '22'].map((day) => put(`app.202509${day}.log`))
  const { begun, goOn } = holdUpCompression()
  const stream = open({ limit: { count: 4, age: false } })
  const removed = collect<RemovedEvent>(stream, 'removed')
  const compressed = collect(stream, 'compressed')
  await passUntil(begun)
  for (const gone of [null, ...old.slice(0, 2)]) {
    stream.write('line\n')
    await stream.rotate()
    if (gone !== null) await passUntil(once(stream, 'removed'))
  }
  expect(removed.map((event) => event.file)).toEqual(old.slice(0, 2))
  expect(compressed).toEqual([])
  goOn()
  await passUntil(once(stream, 'compressed'))
  await closed(stream)
})

test('a sweep on request also reports what was removed while it compressed', async () => {
  const old = put('app.20250920.log')
  const { begun, goOn } = holdUpCompression()
  const settings = parseOptions({ file, limit: { count: 1, age: false } })
  const removal = new EventEmitter()
  const emit: Emit = removal.emit.bind(removal)
  const sweeper = new Sweeper({ settings, clock: systemClock, emit, health: new StepHealth(emit, systemClock.monotonic), swapLock: swapLockOf(settings, systemClock) })
  const sweep = sweeper.sweep()
  await passUntil(begun)
  put('app.20250921.log')
  sweeper.request()
  await passUntil(once(removal, 'removed'))
  goOn()
  expect(await passUntil(sweep)).toMatchObject({ removed: [{ file: old, reason: 'count' }] })
  await sweeper.close()
})

test('an archive is compressed soon after a disk without room for a lock has room again', async () => {
  put('app.20250920.log')
  disk.open = (path) => { if (path.endsWith('.rotor.sweep')) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' }) }
  const stream = open({})
  await passSlowly(5_000)
  disk.open = () => {}
  await passUntil(once(stream, 'compressed'))
  expect(readdirSync(folder)).toContain('app.20250920.log.gz')
  await closed(stream)
})

test('an archive that changes all the time is compressed soon after it stopped', async () => {
  const path = put('app.20250920.log')
  let copies = 0
  disk.copyRead = () => { if (++copies <= 7) appendFileSync(path, 'more\n') }
  const stream = open({})
  await passUntil(once(stream, 'compressed'))
  expect(copies).toBe(8)
  await closed(stream)
})

test('a leftover that cannot be removed is reported once and delays no compression', async () => {
  put('app.20250920.log')
  const leftover = put('.app.log.rotor.pack.0123456789ab')
  disk.unlink = (path) => { if (path === leftover) throw Object.assign(new Error('EPERM'), { code: 'EPERM' }) }
  const stream = open({})
  const failed = collect<FailedEvent>(stream, 'failed')
  const recovered = collect(stream, 'recovered')
  await passUntil(once(stream, 'compressed'))
  await passSlowly(20_000)
  expect(failed).toMatchObject([{ step: 'sweep', code: 'EPERM', path: leftover }])
  expect(recovered).toEqual([])
  disk.unlink = () => {}
  await passUntil(once(stream, 'recovered'), 10_000)
  expect(readdirSync(folder)).toEqual(['app.20250920.log.gz', 'app.log'])
  await closed(stream)
})
