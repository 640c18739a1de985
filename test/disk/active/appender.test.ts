// Two writers on one real file. Only how much of a write the disk takes is made up, which no real disk gives on demand.
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Appender } from '../../../src/disk/active/appender.js'

/** Bytes that a write takes, an error, or another writer's action right before. */
const disk = vi.hoisted(() => ({ takes: [] as Array<number | string | (() => void)> }))

vi.mock('node:fs', async (importOriginal) => {
  const real = await importOriginal<typeof fs & { default: typeof fs }>()
  const { writeSync } = real.default
  real.default.writeSync = ((descriptor: number, bytes: Buffer): number => {
    const takes = disk.takes.shift() ?? bytes.length
    if (typeof takes === 'string') throw Object.assign(new Error(takes), { code: takes })
    if (typeof takes === 'number') return writeSync(descriptor, bytes, 0, Math.min(takes, bytes.length))
    takes()
    return real.default.writeSync(descriptor, bytes)
  }) as typeof fs.writeSync
  return real
})

let path: string
let descriptors: number[]

beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), 'rotor-appender-')), 'app.log')
  descriptors = []
})

afterEach(() => {
  disk.takes = []
  for (const descriptor of descriptors) closeSync(descriptor)
  rmSync(path)
})

function open (): Appender {
  const descriptor = openSync(path, 'a+')
  descriptors.push(descriptor)
  return new Appender(descriptor)
}

function content (): string {
  return readFileSync(path, 'utf8')
}

/** One writer whose second line was cut off after "se". */
function cutOff (): Appender {
  const appender = open()
  disk.takes = [8, 'ENOSPC']
  expect(appender.append(Buffer.from('first\nsecond\nthird\n'))).toMatchObject({ code: 'ENOSPC' })
  expect(content()).toBe('first\nse')
  expect(appender.unwrittenBytes).toBe(11)
  return appender
}

test('completes in place a line that was cut off', () => {
  const appender = cutOff()
  disk.takes = ['ENOSPC', 2]
  expect(appender.resume()).toMatchObject({ code: 'ENOSPC' })
  expect(appender.resume()).toBeNull()
  expect(content()).toBe('first\nsecond\nthird\n')
  expect(appender.unwrittenBytes).toBe(0)
})

describe.runIf(process.platform === 'linux')('if another writer wrote behind a line that was cut off', () => {
  test('closes that part, which leaves the other line whole, and writes its own line again', () => {
    const appender = cutOff()
    expect(open().append(Buffer.from('other\n'))).toBeNull()
    expect(content()).toBe('first\nseother\n')
    expect(appender.resume()).toBeNull()
    expect(content()).toBe('first\ns\nother\nsecond\nthird\n')
  })

  test('does the same if that happens between its look and its write', () => {
    const appender = cutOff()
    const other = open()
    disk.takes = [() => { other.append(Buffer.from('other\n')) }]
    expect(appender.resume()).toBeNull()
    expect(content()).toBe('first\ns\nother\ncond\nsecond\nthird\n')
  })

  test('closes both parts if the rest is cut off as well', () => {
    const appender = cutOff()
    const other = open()
    disk.takes = [() => { other.append(Buffer.from('other\n')) }, 6, 3, 'ENOSPC']
    expect(appender.resume()).toMatchObject({ code: 'ENOSPC' })
    expect(content()).toBe('first\ns\nother\nco\n')
    expect(appender.resume()).toBeNull()
    expect(content()).toBe('first\ns\nother\nco\nsecond\nthird\n')
  })

  test('keeps the lines of two writers that cut each other off', () => {
    const appender = cutOff()
    const other = open()
    disk.takes = [3, 'ENOSPC']
    expect(other.append(Buffer.from('other\n'))).toMatchObject({ code: 'ENOSPC' })
    expect(content()).toBe('first\nseoth')
    disk.takes = []
    expect(appender.resume()).toBeNull()
    expect(other.resume()).toBeNull()
    expect(content()).toBe('first\ns\not\nsecond\nthird\nother\n')
  })

  test('leaves a part alone that another writer has closed', () => {
    const appender = cutOff()
    expect(open().append(Buffer.from('\nother\n'))).toBeNull()
    expect(appender.resume()).toBeNull()
    expect(content()).toBe('first\nse\nother\nsecond\nthird\n')
  })

  test('makes no hole in a file that was truncated', () => {
    const appender = cutOff()
    writeFileSync(path, '')
    expect(appender.resume()).toBeNull()
    expect(content()).toBe('second\nthird\n')
  })
})

describe('gives up for now, and goes on later', () => {
  test('while the disk takes no bytes and gives no reason', () => {
    const appender = open()
    disk.takes = Array.from({ length: 150 }, () => 0)
    expect(appender.append(Buffer.from('first\nsecond\n'))).toMatchObject({ code: 'ERR_ROTOR_WRITE_STALLED' })
    expect(appender.unwrittenBytes).toBe(13)
    disk.takes = []
    expect(appender.resume()).toBeNull()
    expect(content()).toBe('first\nsecond\n')
  })

  test('while another writer comes between the parts of a line each time', () => {
    const [appender, other] = [open(), open()]
    const between = (): void => { other.append(Buffer.from('other\n')) }
    // Each attempt writes a part. Right before the rest, the other writer appends a line, which takes the next entry.
    disk.takes = Array.from({ length: 200 }, () => [3, between, 6]).flat()
    const error = appender.append(Buffer.from('one line\n'))
    disk.takes = []
    expect(error).toMatchObject({ code: 'ERR_ROTOR_WRITE_STALLED' })
    expect(appender.resume()).toBeNull()
    expect(content().split('\n').filter((line) => line === 'one line')).toHaveLength(1)
  })
})
