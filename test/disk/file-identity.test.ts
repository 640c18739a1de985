import { closeSync, fstatSync, linkSync, mkdirSync, mkdtempSync, openSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import type * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { identityOf, isSameFile, mayHaveIdentity, statsIfSame, type OpenDescriptor } from '../../src/disk/file-identity.js'
import { describe as describeFile } from '../../src/disk/archive-folder.js'

/** What the file system says of the numbers that it really has. */
interface Manner {
  readonly byPath: (stats: fs.BigIntStats) => fs.BigIntStats
  readonly byDescriptor: (stats: fs.BigIntStats) => fs.BigIntStats
}

const world = vi.hoisted(() => ({ manner: null as Manner | null }))

vi.mock('node:fs', async (importOriginal) => {
  const real = await importOriginal<typeof fs>()
  return {
    ...real,
    lstatSync: (path: string, options: fs.StatSyncOptions) => told(real.lstatSync(path, options), world.manner?.byPath),
    fstatSync: (descriptor: number, options: fs.StatOptions) => told(real.fstatSync(descriptor, options), world.manner?.byDescriptor)
  }
  function told (stats: fs.Stats | fs.BigIntStats | undefined, change: Manner['byPath'] | undefined): fs.Stats | fs.BigIntStats | undefined {
    return stats === undefined || change === undefined || typeof stats.ino !== 'bigint' ? stats : change(stats as fs.BigIntStats)
  }
})

function changed (stats: fs.BigIntStats, numbers: Partial<Pick<fs.BigIntStats, 'ino' | 'dev'>>): fs.BigIntStats {
  return Object.assign(stats, numbers)
}

let folder: string
let path: string
let other: string
let descriptor: number

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rotor-file-identity-'))
  path = join(folder, 'app.log')
  other = join(folder, 'other.log')
  writeFileSync(path, 'a line\n')
  writeFileSync(other, 'a line\n')
  descriptor = openSync(path, 'r')
})

afterEach(() => {
  world.manner = null
  closeSync(descriptor)
  rmSync(folder, { recursive: true })
})

function opened (): OpenDescriptor {
  return { descriptor, identity: identityOf(fstatSync(descriptor, { bigint: true })) }
}

function isSame (at: string): boolean {
  return statsIfSame(at, opened()) !== null
}

test('distinguishes numbers that are equal as JavaScript numbers', () => {
  const beyond = 2n ** 57n
  expect(Number(beyond)).toBe(Number(beyond + 1n))
  expect(isSameFile({ inode: beyond, device: 1n }, { inode: beyond + 1n, device: 1n })).toBe(false)
  expect(isSameFile({ inode: 1n, device: beyond }, { inode: 1n, device: beyond + 1n })).toBe(false)
  expect(isSameFile({ inode: beyond, device: beyond }, { inode: beyond, device: beyond })).toBe(true)
})

test('describes a file with the whole of its numbers', () => {
  const whole = 2n ** 63n + 1n
  world.manner = { byPath: (stats) => changed(stats, { ino: whole, dev: whole + 2n }), byDescriptor: (stats) => stats }
  expect(describeFile(path)?.identity).toEqual({ inode: whole, device: whole + 2n })
})

describe('an open file', () => {
  test('is found at its path and under a second name, also after a rename', () => {
    linkSync(path, join(folder, 'second'))
    expect(isSame(path)).toBe(true)
    expect(isSame(join(folder, 'second'))).toBe(true)
    renameSync(path, join(folder, 'third'))
    expect(isSame(join(folder, 'third'))).toBe(true)
  })

  test('is not found at the path of another file, a link or a folder, or at a free path', () => {
    expect(isSame(other)).toBe(false)
    symlinkSync(path, join(folder, 'link'))
    expect(isSame(join(folder, 'link'))).toBe(false)
    mkdirSync(join(folder, 'folder'))
    expect(isSame(join(folder, 'folder'))).toBe(false)
    unlinkSync(path)
    expect(isSame(path)).toBe(false)
  })

  test('is found although a path gets another device number than a descriptor, as on Windows', () => {
    world.manner = { byPath: (stats) => changed(stats, { dev: stats.dev + 2n ** 40n }), byDescriptor: (stats) => stats }
    expect(isSame(path)).toBe(true)
    expect(isSame(other)).toBe(false)
    expect(mayHaveIdentity(path, opened().identity)).toBe(true)
    expect(mayHaveIdentity(other, opened().identity)).toBe(false)
  })

  test('is found although the numbers change after a while', () => {
    let hour = 0n
    const byNow = (stats: fs.BigIntStats): fs.BigIntStats => changed(stats, { ino: stats.ino + hour * 1_000_000_000n })
    world.manner = { byPath: byNow, byDescriptor: byNow }
    const before = opened()
    hour++
    expect(statsIfSame(path, before)).not.toBeNull()
    expect(statsIfSame(other, before)).toBeNull()
  })

  test('is found by its size and time if every look gives other numbers', () => {
    let looks = 0n
    const atEachLook = (stats: fs.BigIntStats): fs.BigIntStats => changed(stats, { ino: 1_000_000n + looks++ })
    world.manner = { byPath: atEachLook, byDescriptor: atEachLook }
    expect(isSame(path)).toBe(true)
    expect(mayHaveIdentity(path, opened().identity)).toBe(true)
    writeFileSync(other, 'another line\n')
    expect(isSame(other)).toBe(false)
  })
})
