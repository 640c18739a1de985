// Guarantee 3, step by step: whatever call fails and whatever stands in the way, the active name exists, no archive is
// overwritten, no line is lost, and the rotation is made up for.
import * as fs from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { systemClock } from '../../../src/clock.js'
import type { FailedEvent, RecoveredEvent, RotatedEvent } from '../../../src/events.js'
import { parseOptions } from '../../../src/options/parse-options.js'
import { LogStream } from '../../../src/stream.js'
import { closed, collect } from '../../support/events.js'
import { archivesOf, besides, kept } from '../../support/kept.js'
import { pass, settleDisk, stopTimeAt } from '../../support/passing-time.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

type Call = 'openSync' | 'linkSync' | 'renameSync' | 'chmodSync' | 'unlinkSync' | 'lstatSync' | 'fstatSync' | 'mkdirSync' | 'rmdirSync'

const calls = vi.hoisted(() => ({ intercept: (_call: string, _path: unknown): void => {} }))

vi.mock('node:fs', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs')>()
  const intercepted = (call: Call) => (path: never, ...rest: never[]): unknown => {
    calls.intercept(call, path)
    return Reflect.apply(original[call], original, [path, ...rest])
  }
  const names: Call[] = ['openSync', 'linkSync', 'renameSync', 'chmodSync', 'unlinkSync', 'lstatSync', 'fstatSync', 'mkdirSync', 'rmdirSync']
  return { ...original, ...Object.fromEntries(names.map((name) => [name, intercepted(name)])) }
})

const stamp = '20251001_121111'
let file: string

beforeEach(() => {
  file = join(temporaryFolder(), 'app.log')
  stopTimeAt('2025-10-01T12:11:11Z')
})

afterEach(() => { calls.intercept = () => {} })

interface Opened {
  readonly stream: LogStream
  readonly rotated: RotatedEvent[]
  readonly failed: FailedEvent[]
  readonly recovered: RecoveredEvent[]
}

function open (): Opened {
  const stream = new LogStream(parseOptions({ file, size: '20b', compress: false, limit: false, report: false }), systemClock)
  return { stream, rotated: collect(stream, 'rotated'), failed: collect(stream, 'failed'), recovered: collect(stream, 'recovered') }
}

function systemError (code: string): Error {
  return Object.assign(new Error(`${code}: injected`), { code })
}

function line (number: number): string {
  return `{"line":${String(number).padStart(4, '0')}}\n`
}

describe('an archive name that is taken is stepped over', () => {
  test('by a file that was there at the start', async () => {
    fs.writeFileSync(join(file, `../app.${stamp}.log`), 'kept\n')
    const { stream } = open()
    for (let number = 0; number < 3; number++) stream.write(line(number))
    await closed(stream)
    expect(archivesOf(file).map(({ name }) => name)).toEqual([`app.${stamp}.log`, `app.${stamp}.1.log`, `app.${stamp}.2.log`])
    expect(kept(file).toString()).toBe(`kept\n${line(0)}${line(1)}${line(2)}`)
  })

  test('by a folder, a link and a file that came after the newest archive was known', async () => {
    const { stream } = open()
    stream.write(line(0))
    stream.write(line(1))
    fs.mkdirSync(join(file, `../app.${stamp}.1.log`))
    fs.symlinkSync('nowhere', join(file, `../app.${stamp}.2.log`))
    fs.writeFileSync(join(file, `../app.${stamp}.3.log`), 'foreign\n')
    stream.write(line(2))
    await closed(stream)
    expect(fs.readFileSync(join(file, `../app.${stamp}.4.log`), 'utf8')).toBe(line(1))
    expect(fs.readFileSync(join(file, `../app.${stamp}.3.log`), 'utf8')).toBe('foreign\n')
    expect(fs.readdirSync(join(file, `../app.${stamp}.1.log`))).toEqual([])
    expect(fs.readlinkSync(join(file, `../app.${stamp}.2.log`))).toBe('nowhere')
  })

  test('a thousand times at most: then the rotation fails once, and logging goes on in the old file', async () => {
    const { stream, failed, rotated } = open()
    stream.write(line(0))
    for (let number = 0; number < 1_100; number++) fs.mkdirSync(join(file, `../app.${stamp}${number === 0 ? '' : `.${number}`}.log`))
    for (let number = 1; number < 4; number++) stream.write(line(number))
    await closed(stream)
    expect(failed).toMatchObject([{ step: 'rotate', message: expect.stringContaining('no free archive name') as string }])
    expect(rotated).toEqual([])
    expect(fs.readFileSync(file, 'utf8')).toBe([0, 1, 2, 3].map(line).join(''))
  })
})

describe('where the file system refuses links', () => {
  test.each(['EPERM', 'EACCES', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV'])('with %s, rotation works and overwrites nothing', async (code) => {
    calls.intercept = (call) => { if (call === 'linkSync') throw systemError(code) }
    fs.writeFileSync(join(file, `../app.${stamp}.log`), 'kept\n')
    const { stream, failed } = open()
    stream.write(line(0))
    stream.write(line(1))
    fs.writeFileSync(join(file, `../app.${stamp}.2.log`), 'came later\n')
    for (let number = 2; number < 5; number++) stream.write(line(number))
    await closed(stream)
    expect(archivesOf(file).map(({ content }) => content.toString())).toEqual(['kept\n', line(0), 'came later\n', line(1), line(2), line(3)])
    expect(fs.readFileSync(file, 'utf8')).toBe(line(4))
    expect(besides(file)).toEqual([])
    expect(failed).toEqual([])
  })

  test('every user who may rotate here may finish a rotation that goes through the hidden folder', async () => {
    fs.chmodSync(join(file, '..'), 0o770)
    const modes: number[] = []
    calls.intercept = (call, path) => {
      if (call === 'linkSync') throw systemError('EPERM')
      if (call === 'renameSync' && path === file) for (const name of fs.readdirSync(join(file, '..'))) if (name.includes('.rotor.pass.')) modes.push(fs.statSync(join(file, '..', name)).mode & 0o777)
    }
    const { stream } = open()
    for (let number = 0; number < 2; number++) stream.write(line(number))
    await closed(stream)
    expect(modes).toEqual([0o770])
  })

  test('a link that has the name of the hidden folder is not followed, and keeps its target as it is', async () => {
    const target = temporaryFolder()
    fs.chmodSync(join(file, '..'), 0o770)
    let link = ''
    calls.intercept = (call, path) => {
      if (call === 'linkSync') throw systemError('EPERM')
      if (call !== 'mkdirSync' || link !== '' || !String(path).includes('.rotor.pass.')) return
      link = String(path)
      fs.symlinkSync(target, link)
    }
    const { mode } = fs.statSync(target)
    const { stream, failed } = open()
    for (let number = 0; number < 2; number++) stream.write(line(number))
    await settleDisk()
    expect([fs.statSync(target).mode, fs.readdirSync(target)]).toEqual([mode, []])
    expect(failed).toMatchObject([{ step: 'rotate' }])
    fs.unlinkSync(link)
    pass(10_000)
    stream.write(line(2))
    await closed(stream)
    expect(kept(file).toString()).toBe([0, 1, 2].map(line).join(''))
    expect(archivesOf(file)).toHaveLength(1)
  })

  test('and the rename as well, the reserved name is given back and logging continues in the old file', async () => {
    calls.intercept = (call) => { if (call === 'linkSync' || call === 'renameSync') throw systemError('EPERM') }
    const { stream, failed } = open()
    for (let number = 0; number < 3; number++) stream.write(line(number))
    await settleDisk()
    // The record of what fails is there for as long as it fails.
    expect(fs.readdirSync(join(file, '..')).filter((name) => !name.startsWith('.app.log.rotor.failed.'))).toEqual(['app.log'])
    expect(failed).toMatchObject([{ step: 'rotate', code: 'EPERM' }])
    calls.intercept = () => {}
    pass(1_000)
    stream.write(line(3))
    await closed(stream)
    expect(kept(file).toString()).toBe([0, 1, 2, 3].map(line).join(''))
    expect(archivesOf(file)).toHaveLength(1)
  })
})

test('logging continues in the old file while its successor cannot be opened, and the rotation follows later', async () => {
  const { stream, rotated, failed, recovered } = open()
  stream.write(line(0))
  calls.intercept = (call, path) => { if (call === 'openSync' && String(path).includes('.rotor.next.')) throw systemError('EMFILE') }
  for (let number = 1; number < 50; number++) {
    stream.write(line(number))
    pass(100)
  }
  await settleDisk()
  expect(rotated).toEqual([])
  expect(kept(file).toString()).toBe(Array.from({ length: 50 }, (_, number) => line(number)).join(''))
  expect(failed).toMatchObject([{ step: 'rotate', code: 'EMFILE', path: file }])
  calls.intercept = () => {}
  pass(5_000)
  stream.write(line(50))
  stream.write(line(51))
  await closed(stream)
  expect(rotated).toHaveLength(2)
  expect(recovered).toMatchObject([{ step: 'rotate', droppedLines: 0 }])
  expect(kept(file).toString()).toBe(Array.from({ length: 52 }, (_, number) => line(number)).join(''))
})

function countCalls (intercept = (_call: string): void => {}): number {
  let count = 0
  const { stream } = open()
  stream.write(line(0))
  calls.intercept = (call) => {
    count++
    intercept(call)
  }
  stream.write(line(1))
  calls.intercept = () => {}
  stream.end()
  return count
}

test('the active name leads to a file at each call of a rotation', async () => {
  const { stream, rotated } = open()
  stream.write(line(0))
  let looks = 0
  calls.intercept = () => {
    const { intercept } = calls
    calls.intercept = () => {}
    expect(fs.existsSync(file)).toBe(true)
    looks++
    calls.intercept = intercept
  }
  stream.write(line(1))
  calls.intercept = () => {}
  await closed(stream)
  expect(rotated).toHaveLength(1)
  expect(looks).toBeGreaterThan(5)
})

test.each([true, false])('whichever call of a rotation fails, every line is kept once and nothing is left over, with links: %s', async (hasLinks) => {
  const folder = join(file, '..')
  const refuseLinks = (call: string): void => { if (call === 'linkSync' && !hasLinks) throw systemError('EPERM') }
  const count = countCalls(refuseLinks)
  expect(count).toBeGreaterThan(5)
  await settleDisk()
  for (let failing = 1; failing <= count; failing++) {
    for (const name of fs.readdirSync(folder)) fs.rmSync(join(folder, name))
    const { stream, rotated } = open()
    await settleDisk()
    stream.write(line(0))
    let seen = 0
    calls.intercept = (call) => {
      if (++seen === failing) throw systemError('EIO')
      refuseLinks(call)
    }
    stream.write(line(1))
    calls.intercept = refuseLinks
    if (hasLinks) expect(fs.existsSync(file), `call ${failing}`).toBe(true)
    pass(10_000)
    stream.write(line(2))
    await closed(stream)
    await settleDisk()
    expect(kept(file).toString(), `call ${failing}`).toBe([0, 1, 2].map(line).join(''))
    expect(besides(file), `call ${failing}`).toEqual([])
    expect(rotated.length, `call ${failing}`).toBeGreaterThan(0)
  }
})

// As a writer does that opens a new file: a swap that is held up must not replace it.
describe('a swap whose successor another writer takes away', () => {
  let taken = 0

  function takeAway (times: number): void {
    taken = 0
    calls.intercept = (call, path) => {
      if (call !== 'linkSync' || path !== file || taken === times) return
      taken++
      const folder = join(file, '..')
      for (const name of fs.readdirSync(folder)) if (name.includes('.rotor.next.')) fs.unlinkSync(join(folder, name))
    }
  }

  test('is tried again at once, so that the file does not grow', async () => {
    const { stream, rotated, failed } = open()
    stream.write(line(0))
    takeAway(1)
    stream.write(line(1))
    expect(taken).toBe(1)
    expect(archivesOf(file).map(({ content }) => content.toString())).toEqual([line(0)])
    await closed(stream)
    expect(rotated).toMatchObject([{ reason: 'size', bytes: line(0).length }])
    expect(besides(file)).toEqual([])
    expect(failed).toEqual([])
  })

  test('is tried again at once for whom it was requested', async () => {
    const { stream } = open()
    stream.write(line(0))
    takeAway(2)
    expect(await stream.rotate()).toMatchObject({ reason: 'request' })
    expect(taken).toBe(2)
    await closed(stream)
  })

  test('is tried again later if that goes on', async () => {
    const { stream, rotated } = open()
    stream.write(line(0))
    takeAway(Infinity)
    stream.write(line(1))
    expect(taken).toBe(3)
    stream.write(line(2))
    expect(taken).toBe(3)
    calls.intercept = () => {}
    pass(1_000)
    stream.write(line(3))
    await closed(stream)
    expect(rotated.length).toBeGreaterThan(0)
    expect(kept(file).toString()).toBe([0, 1, 2, 3].map(line).join(''))
    expect(besides(file)).toEqual([])
  })
})

describe('a swap whose lock another writer broke, because this one was held up', () => {
  // As the other one rotates: it takes this one's successor away, and the archive name that it finds.
  function rotateAsOther (): void {
    const folder = join(file, '..')
    const names = fs.readdirSync(folder)
    for (const name of names) if (name.includes('.rotor.next.')) fs.unlinkSync(join(folder, name))
    for (const name of names) if (name.includes('.rotor.pass.')) fs.rmdirSync(join(folder, name))
    // Without hard links, an empty file reserves the name.
    const found = names.find((name) => name === `app.${stamp}.1.log` && fs.statSync(join(folder, name)).size > 0)
    fs.renameSync(found === undefined ? file : join(folder, found), join(folder, `app.${stamp}.9.log`))
    fs.writeFileSync(`${file}.new`, line(7))
    fs.renameSync(`${file}.new`, file)
  }

  function expectBothInOrder (failed: readonly FailedEvent[]): void {
    expect(archivesOf(file).map(({ name, content }) => [name, content.toString()])).toEqual([
      [`app.${stamp}.log`, line(8)], [`app.${stamp}.9.log`, line(0)], [`app.${stamp}.10.log`, line(7)], ['app.20251001_121121.log', line(1)]
    ])
    expect(fs.readFileSync(file, 'utf8')).toBe(line(2))
    expect(besides(file)).toEqual([])
    expect(failed).toEqual([])
  }

  test.each<[call: Call, on: string]>([
    ['openSync', '.rotor.next.'], ['linkSync', '/app.log'], ['renameSync', '']
  ])('before its %s, names nothing, takes nothing away, and is tried again', async (heldUpAt, on) => {
    const { stream, rotated, failed } = open()
    stream.write(line(8))
    stream.write(line(0))
    calls.intercept = (call, path) => {
      if (call !== heldUpAt || !String(path).includes(on)) return
      calls.intercept = () => {}
      fs.unlinkSync(join(file, '../.app.log.rotor.lock'))
      rotateAsOther()
    }
    stream.write(line(1))
    pass(10_000)
    stream.write(line(2))
    await closed(stream)
    expectBothInOrder(failed)
    expect(rotated.length).toBeGreaterThan(0)
  })

  test('before it renames, without hard links, what has the active name by then, takes nothing away', async () => {
    const { stream, failed } = open()
    let rotations = 0
    calls.intercept = (call, path) => {
      if (call === 'linkSync') throw systemError('EPERM')
      if (call !== 'renameSync' || path !== file || ++rotations !== 2) return
      fs.unlinkSync(join(file, '../.app.log.rotor.lock'))
      rotateAsOther()
    }
    stream.write(line(8))
    stream.write(line(0))
    stream.write(line(1))
    pass(10_000)
    stream.write(line(2))
    await closed(stream)
    expectBothInOrder(failed)
  })

  test('before it takes its name back from a file that has no other by then, leaves it', async () => {
    const { stream } = open()
    stream.write(line(0))
    calls.intercept = (call) => {
      if (call !== 'renameSync') return
      calls.intercept = () => {}
      fs.unlinkSync(file)
      throw systemError('EIO')
    }
    stream.write(line(1))
    pass(10_000)
    await closed(stream)
    expect(kept(file).toString()).toBe([0, 1].map(line).join(''))
  })
})
