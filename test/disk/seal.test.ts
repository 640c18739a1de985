import { appendFileSync, closeSync, existsSync, fstatSync, linkSync, mkdtempSync, openSync, readdirSync, readSync, rmSync, statSync, utimesSync, writeFileSync, writeSync } from 'node:fs'
import type * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { stateAt, type FileState } from '../../src/disk/file-state.js'
import { removeKept } from '../../src/disk/seal.js'
import { bytesSinceSeal, isSealed, markOf, writtenSeconds } from '../../src/disk/seal-mark.js'

const world = vi.hoisted(() => ({
  beforeTimes: (): void => {},
  times: (accessed: string | number | Date, modified: string | number | Date): [string | number | Date, string | number | Date] => [accessed, modified],
  beforeUnlink: (): void => {}
}))

vi.mock('node:fs', async (importOriginal) => {
  const real = await importOriginal<typeof fs>()
  return {
    ...real,
    lutimesSync: (path: string, ...times: [string | number | Date, string | number | Date]) => {
      world.beforeTimes()
      real.lutimesSync(path, ...world.times(...times))
    },
    unlinkSync: (path: string) => {
      world.beforeUnlink()
      real.unlinkSync(path)
    }
  }
})

const writtenMs = Date.UTC(2025, 9, 1, 12)
let folder: string
let path: string
let descriptor: number
let state: FileState | null

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rotor-seal-'))
  path = join(folder, 'app.20251001_120000.log')
  descriptor = openSync(path, 'a')
  writeSync(descriptor, 'in the copy\n')
  utimesSync(path, new Date(), new Date(writtenMs))
  state = stateAt(path)
})

afterEach(() => {
  world.beforeTimes = world.beforeUnlink = () => {}
  world.times = (accessed, modified) => [accessed, modified]
  closeSync(descriptor)
  rmSync(folder, { recursive: true })
})

function remove (): boolean {
  if (state === null) throw new Error('there is no such file')
  return removeKept({ path, aside: join(folder, '.app.log.rotor.gone'), state })
}

test('a process that has a removed file open sees that the seal came after its lines, and when it was last written', () => {
  expect(remove()).toBe(true)
  expect(existsSync(path)).toBe(false)
  const stats = fstatSync(descriptor, { bigint: true })
  expect(isSealed(stats.mtimeNs)).toBe(true)
  expect(writtenSeconds(stats)).toBe(writtenMs / 1_000)
  expect(bytesSinceSeal(stats)).toBe(0)
})

test('a file that cannot be removed gets its name back, and loses every name of ours once it can be removed', () => {
  world.beforeUnlink = () => { throw Object.assign(new Error('EIO'), { code: 'EIO' }) }
  expect(remove).toThrow('EIO')
  state = stateAt(path)
  expect(state).not.toBeNull()
  world.beforeUnlink = () => {}
  expect(remove()).toBe(true)
  expect(readdirSync(folder)).toEqual([])
  expect(isSealed(fstatSync(descriptor).mtimeMs)).toBe(true)
})

test('a removed file keeps its times under its second name', () => {
  linkSync(path, join(folder, 'a backup'))
  expect(remove()).toBe(true)
  expect(existsSync(path)).toBe(false)
  expect(statSync(join(folder, 'a backup')).mtimeMs).toBe(writtenMs)
})

test('a write after the removal breaks the seal', () => {
  remove()
  writeSync(descriptor, 'too late\n')
  expect(isSealed(fstatSync(descriptor).mtimeMs)).toBe(false)
})

test('a removed file still tells, after such a write, when its copy was complete, and how many bytes came later', () => {
  remove()
  writeSync(descriptor, 'too late\n')
  const stats = fstatSync(descriptor, { bigint: true })
  expect(writtenSeconds(stats)).toBe(writtenMs / 1_000)
  expect(bytesSinceSeal(stats)).toBe('too late\n'.length)
})

test('reading a removed file changes nothing of what it tells', () => {
  const reader = openSync(path, 'r')
  remove()
  writeSync(descriptor, 'too late\n')
  readSync(reader, Buffer.alloc(100))
  closeSync(reader)
  expect(bytesSinceSeal(fstatSync(descriptor, { bigint: true }))).toBe('too late\n'.length)
})

test('a file tells nothing of its size on a file system that stores whole seconds, but tells when it was written', () => {
  world.times = (accessed, modified) => [Math.floor(Number(accessed)), Math.floor(Number(modified))]
  expect(remove()).toBe(true)
  const stats = fstatSync(descriptor, { bigint: true })
  expect(isSealed(stats.mtimeNs)).toBe(true)
  expect(writtenSeconds(stats)).toBe(writtenMs / 1_000)
  expect(bytesSinceSeal(stats)).toBeNull()
})

test('a file tells nothing of its size on a file system whose times end in 2030, but is sealed', () => {
  const last = Date.UTC(2030, 0) / 1_000
  world.times = (accessed, modified) => [Math.min(Number(accessed), last), modified]
  expect(remove()).toBe(true)
  const stats = fstatSync(descriptor, { bigint: true })
  expect(isSealed(stats.mtimeNs)).toBe(true)
  expect(writtenSeconds(stats)).toBe(writtenMs / 1_000)
  expect(bytesSinceSeal(stats)).toBeNull()
})

test.each([0, 1, 2, 12, 4_095, 249_999, 498_998, 498_999, 499_000, 499_001, 7_654_321, 2 ** 31, 2 ** 40 + 7])('a file of %i bytes tells its size, and how much came later', (sizeBytes) => {
  const atimeNs = BigInt(Math.floor(markOf({ mtimeNs: BigInt(writtenMs) * 1_000_000n, sizeBytes }) * 1e6)) * 1_000n
  const ctimeNs = BigInt(Date.UTC(2025, 9, 2)) * 1_000_000n
  for (const later of [0, 1, 300, 498_999]) {
    expect(bytesSinceSeal({ atimeNs, ctimeNs, mtimeNs: ctimeNs, size: BigInt(sizeBytes + later) })).toBe(later)
  }
})

test('a file in which a write ended right before the seal stays, with its old times', () => {
  world.beforeTimes = () => {
    world.beforeTimes = () => {}
    appendFileSync(path, 'in time\n')
  }
  expect(remove()).toBe(false)
  expect(statSync(path).mtimeMs).toBeCloseTo(writtenMs, 0)
})

test('a file that is not the one that is kept elsewhere stays untouched', () => {
  rmSync(path)
  writeFileSync(path, 'another one\n')
  const before = statSync(path)
  expect(remove()).toBe(false)
  expect(statSync(path)).toEqual(before)
})

test('a file is removed without a seal if its times cannot be set', () => {
  world.beforeTimes = () => { throw Object.assign(new Error('EPERM'), { code: 'EPERM' }) }
  expect(remove()).toBe(true)
  expect(isSealed(fstatSync(descriptor).mtimeMs)).toBe(false)
})
