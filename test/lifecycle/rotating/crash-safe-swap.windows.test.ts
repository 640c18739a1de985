// The swap where no file can be renamed over an open one. This file system does what Windows does: such a rename fails with
// EPERM, hard links and renames of open files work, and a folder cannot be synced. test/platforms runs the same on
// Windows' own node.exe.
import * as fs from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { systemClock } from '../../../src/clock.js'
import { Lock } from '../../../src/disk/lock/lock.js'
import type { FailedEvent, RotatedEvent } from '../../../src/events.js'
import { parseOptions } from '../../../src/options/parse-options.js'
import { LogStream } from '../../../src/stream.js'
import { closed, collect } from '../../support/events.js'
import { archivesOf, besides, kept } from '../../support/kept.js'
import { pass, passUntil, settleDisk, stopTimeAt } from '../../support/passing-time.js'
import { actAs } from '../../support/platform.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

const system = vi.hoisted(() => ({ before: (_call: string, _path: string, _to?: string): void => {}, openInodes: new Map<number, number>(), unlinked: null as { path: string, inode: number } | null }))

vi.mock('node:fs', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs')>()
  const isOpen = (path: string): boolean => {
    const inode = original.lstatSync(path, { throwIfNoEntry: false })?.ino
    return [...system.openInodes.values()].some((open) => open === inode)
  }
  return {
    ...original,
    openSync (path: string, ...rest: [number, number]) {
      system.before('open', path)
      if (path === system.unlinked?.path) throw Object.assign(new Error(`EPERM: open ${path}`), { code: 'EPERM' })
      const descriptor = original.openSync(path, ...rest)
      system.openInodes.set(descriptor, original.fstatSync(descriptor).ino)
      return descriptor
    },
    closeSync (descriptor: number) {
      const inode = system.openInodes.get(descriptor)
      system.openInodes.delete(descriptor)
      original.closeSync(descriptor)
      if (system.unlinked === null || system.unlinked.inode !== inode) return
      original.unlinkSync(system.unlinked.path)
      system.unlinked = null
    },
    fstatSync (descriptor: number, options?: { bigint: boolean }) {
      const stats = original.fstatSync(descriptor, options)
      if (system.openInodes.get(descriptor) === system.unlinked?.inode) Object.assign(stats, { nlink: options?.bigint === true ? 0n : 0 })
      return stats
    },
    renameSync (from: string, to: string) {
      system.before('rename', from, to)
      if (isOpen(to)) throw Object.assign(new Error(`EPERM: rename ${from} -> ${to}`), { code: 'EPERM' })
      original.renameSync(from, to)
    },
    unlinkSync (path: string) {
      system.before('unlink', path)
      original.unlinkSync(path)
    },
    fsyncSync (descriptor: number) {
      if (original.fstatSync(descriptor).isDirectory()) throw Object.assign(new Error('EPERM: fsync'), { code: 'EPERM' })
      original.fsyncSync(descriptor)
    }
  }
})

const stamp = '20251001_121111'
/** Larger than any process id. */
const goneProcess = 2 ** 30
let folder: string
let file: string

beforeEach(() => {
  folder = temporaryFolder()
  file = join(folder, 'app.log')
  stopTimeAt('2025-10-01T12:11:11Z')
  actAs('win32')
})

afterEach(() => { system.before = () => {} })

interface Writer {
  readonly stream: LogStream
  readonly rotated: RotatedEvent[]
  readonly failed: FailedEvent[]
}

function open (options = {}): Writer {
  const stream = new LogStream(parseOptions({ file, size: '20b', compress: false, limit: false, report: false, ...options }), systemClock)
  return { stream, rotated: collect(stream, 'rotated'), failed: collect(stream, 'failed') }
}

function line (number: number): string {
  return `{"line":${String(number).padStart(4, '0')}}\n`
}

function lines (count: number): string {
  return Array.from({ length: count }, (_, number) => line(number)).join('')
}

function held (code = 'EBUSY'): never {
  throw Object.assign(new Error(`${code}: held`), { code })
}

test.each([false, true])('rotates with fsync %s, keeps every line once and overwrites nothing', async (fsync) => {
  fs.writeFileSync(join(folder, `app.${stamp}.1.log`), 'foreign\n')
  const { stream, rotated, failed } = open({ fsync })
  for (let number = 0; number < 5; number++) stream.write(line(number))
  await closed(stream)
  expect(failed).toEqual([])
  expect(rotated).toHaveLength(4)
  expect(kept(file).toString()).toBe('foreign\n' + lines(5))
  expect(besides(file)).toEqual([])
})

test('two writers on one path follow each other and report nothing', async () => {
  const first = open()
  const second = open()
  for (let number = 0; number < 20; number++) (number % 2 === 0 ? first : second).stream.write(line(number))
  await closed(first.stream)
  await closed(second.stream)
  expect([...first.failed, ...second.failed]).toEqual([])
  expect(kept(file).toString().split('\n').filter(Boolean).sort().join('\n') + '\n').toBe(lines(20))
})

test('a writer that starts in the instant without an active file waits for the successor', async () => {
  const { stream, failed } = open()
  stream.write(line(0))
  let other: Writer | undefined
  const withLock = vi.spyOn(Lock.prototype, 'runAnyway')
  system.before = (call, from, to) => {
    if (call !== 'rename' || to !== file || !from.includes('.rotor.next.')) return
    system.before = () => {}
    expect(fs.existsSync(file)).toBe(false)
    // The other writer would wait for this rename. Here, in one thread, the rename has to happen while it waits.
    withLock.mockImplementationOnce(function (action) {
      fs.renameSync(from, to)
      return action()
    })
    other = open()
    fs.renameSync(to, from)
  }
  stream.write(line(1))
  expect(withLock).toHaveBeenCalled()
  other?.stream.write(line(2))
  await closed(stream)
  if (other !== undefined) await closed(other.stream)
  expect(failed).toEqual([])
  expect(other?.failed).toEqual([])
  expect(kept(file).toString().split('\n').filter(Boolean).sort().join('\n') + '\n').toBe(lines(3))
})

// Windows keeps the name of a file that is removed while it is open, until the last program closes it.
test('leaves an active file that is removed while it is open, and writes its latest lines again', async () => {
  const { stream, failed } = open({ size: false })
  stream.write(line(0))
  system.unlinked = { path: file, inode: fs.statSync(file).ino }
  pass(200)
  stream.write(line(1))
  await closed(stream)
  expect(failed).toEqual([])
  expect(fs.readFileSync(file, 'utf8')).toBe(lines(2))
})

describe('a swap that a kill cut off', () => {
  const archive = `app.${stamp}.log`
  const next = '.app.log.rotor.next'

  test.each([
    ['after the successor was made', { 'app.log': line(0), [next]: '' }],
    ['after the archive name was reserved', { 'app.log': line(0), [next]: '', [archive]: '' }],
    ['after the active file was renamed', { [next]: '', [archive]: line(0) }],
    ['after the successor was renamed', { 'app.log': '', [archive]: line(0) }]
  ])('%s, is put right by the next start', async (_, state) => {
    for (const [name, content] of Object.entries(state)) fs.writeFileSync(join(folder, name), content)
    fs.writeFileSync(join(folder, '.app.log.rotor.lock'), `host=${hostname()} pid=${goneProcess} thread=0 started=`)
    const { stream, failed } = open({ size: false })
    stream.write(line(1))
    await passUntil(stream.sweep())
    await closed(stream)
    expect(failed).toEqual([])
    expect(kept(file).toString()).toBe(lines(2))
    expect(archivesOf(file).filter(({ content }) => content.length === 0)).toEqual([])
    expect(besides(file)).toEqual([])
  })
})

describe('a swap by link that an older version left half done', () => {
  test.each([false, true])('is finished at the next start, with a leftover successor: %s', async (hasSuccessor) => {
    fs.writeFileSync(file, line(0))
    fs.linkSync(file, join(folder, `app.${stamp}.log`))
    if (hasSuccessor) fs.writeFileSync(join(folder, '.app.log.rotor.next'), '')
    const { stream, rotated, failed } = open()
    stream.write(line(1))
    await passUntil(stream.sweep())
    await closed(stream)
    expect(failed).toEqual([])
    expect(rotated).toMatchObject([{ reason: 'start' }])
    expect(archivesOf(file).map(({ name, content }) => [name, content.toString()])).toEqual([[`app.${stamp}.log`, line(0)]])
    expect(fs.readFileSync(file, 'utf8')).toBe(line(1))
    expect(besides(file)).toEqual([])
  })
})

describe('a file that another program holds for a moment', () => {
  test.each(['EBUSY', 'EPERM', 'EACCES'])('delays the rename of the active file (%s), and lines go on into it', async (code) => {
    const { stream, rotated, failed } = open()
    stream.write(line(0))
    system.before = (call, from) => { if (call === 'rename' && from === file) held(code) }
    stream.write(line(1))
    expect(fs.readFileSync(file, 'utf8')).toBe(lines(2))
    pass(900)
    system.before = () => {}
    pass(100)
    stream.write(line(2))
    await closed(stream)
    expect(failed).toEqual([])
    expect(rotated).toHaveLength(1)
    expect(kept(file).toString()).toBe(lines(3))
    expect(besides(file)).toEqual([])
  })

  test('is reported once if that takes more than a second', async () => {
    const { stream, failed } = open()
    stream.write(line(0))
    system.before = (call, from) => { if (call === 'rename' && from === file) held() }
    for (let number = 1; number < 30; number++) {
      stream.write(line(number))
      pass(100)
    }
    await settleDisk()
    expect(failed).toMatchObject([{ step: 'rotate', code: 'EBUSY' }])
    system.before = () => {}
    await closed(stream)
    expect(kept(file).toString()).toBe(lines(30))
  })

  test('does not keep the active name free: another file takes it in place of a held successor', async () => {
    const { stream, rotated, failed } = open()
    stream.write(line(0))
    system.before = (call, from) => { if ((call === 'rename' || call === 'unlink') && from.includes('.rotor.next.')) held() }
    stream.write(line(1))
    system.before = () => {}
    stream.write(line(2))
    await passUntil(stream.sweep())
    await closed(stream)
    expect(failed).toEqual([])
    expect(rotated).toHaveLength(2)
    expect(kept(file).toString()).toBe(lines(3))
    expect(besides(file)).toEqual([])
  })

  test('delays the link, which is no failure', async () => {
    fs.symlinkSync('elsewhere', join(folder, 'current.log'))
    system.before = (call, _, to) => { if (call === 'rename' && to === join(folder, 'current.log')) held('EPERM') }
    const { stream, failed } = open({ symlink: true })
    pass(600)
    system.before = () => {}
    pass(100)
    expect(fs.readlinkSync(join(folder, 'current.log'))).toBe('app.log')
    await closed(stream)
    expect(failed).toEqual([])
  })

  test('is reported once if it holds the link for longer, and the link is tried each minute then', async () => {
    let attempts = 0
    fs.symlinkSync('elsewhere', join(folder, 'current.log'))
    system.before = (call, _, to) => {
      if (call !== 'rename' || to !== join(folder, 'current.log')) return
      attempts++
      held('EPERM')
    }
    const { stream, failed } = open({ symlink: true })
    pass(30_000)
    expect(attempts).toBe(5)
    await settleDisk()
    expect(failed).toMatchObject([{ step: 'link', code: 'EPERM', retryMs: 60_000 }])
    system.before = () => {}
    await closed(stream)
  })

  test('is waited for at the start', async () => {
    fs.writeFileSync(file, '')
    let attempts = 0
    system.before = (call, path) => { if (call === 'open' && path === file && ++attempts < 5) held() }
    const { stream, failed } = open()
    stream.write(line(0))
    await closed(stream)
    expect(failed).toEqual([])
    expect(fs.readFileSync(file, 'utf8')).toBe(line(0))
  })
})

test('gives the active file its name back if no file can take its place', async () => {
  const { stream } = open()
  await settleDisk()
  stream.write(line(0))
  system.before = (call, from) => { if (call === 'rename' && from.includes('.rotor.next.')) throw Object.assign(new Error('EIO'), { code: 'EIO' }) }
  stream.write(line(1))
  expect(fs.readdirSync(folder)).toEqual(['app.log'])
  system.before = () => {}
  pass(5_000)
  stream.write(line(2))
  await closed(stream)
  expect(kept(file).toString()).toBe(lines(3))
})

test('gives what it renames the last name, if another writer broke its lock and has put that in place', async () => {
  const { stream, failed } = open()
  await settleDisk()
  stream.write(line(0))
  system.before = (call, from, to = '') => {
    if (call !== 'rename' || from !== file || !to.endsWith('.log')) return
    system.before = () => {}
    fs.unlinkSync(join(folder, '.app.log.rotor.lock'))
    fs.renameSync(file, join(folder, `app.${stamp}.9.log`))
    fs.writeFileSync(file, line(7))
  }
  stream.write(line(1))
  pass(10_000)
  stream.write(line(2))
  await closed(stream)
  expect(archivesOf(file).slice(0, 2).map(({ name, content }) => [name, content.toString()])).toEqual([[`app.${stamp}.9.log`, line(0)], [`app.${stamp}.10.log`, line(7)]])
  expect(failed).toEqual([])
})
