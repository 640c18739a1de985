import { appendFileSync, closeSync, existsSync, fstatSync, linkSync, mkdtempSync, openSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync, writeSync } from 'node:fs'
import type * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { stateAt, type FileState } from '../../src/disk/file-state.js'
import { isSealed, removeKept } from '../../src/disk/seal.js'

const world = vi.hoisted(() => ({ beforeTimes: (): void => {}, beforeUnlink: (): void => {} }))

vi.mock('node:fs', async (importOriginal) => {
  const real = await importOriginal<typeof fs>()
  return {
    ...real,
    lutimesSync: (...given: Parameters<typeof fs.lutimesSync>) => {
      world.beforeTimes()
      real.lutimesSync(...given)
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
  closeSync(descriptor)
  rmSync(folder, { recursive: true })
})

function remove (): boolean {
  if (state === null) throw new Error('there is no such file')
  return removeKept({ path, aside: join(folder, '.app.log.rotor.gone'), state })
}

test('a removed file shows a process that has it open that the seal came after its lines, and when it was last written', () => {
  expect(remove()).toBe(true)
  expect(existsSync(path)).toBe(false)
  const { mtimeMs, atimeMs } = fstatSync(descriptor)
  expect(isSealed(mtimeMs)).toBe(true)
  expect(atimeMs).toBeCloseTo(writtenMs, 0)
})

test('a file that cannot be removed has its name again, and goes with every name of ours once it can', () => {
  world.beforeUnlink = () => { throw Object.assign(new Error('EIO'), { code: 'EIO' }) }
  expect(remove).toThrow('EIO')
  state = stateAt(path)
  expect(state).not.toBeNull()
  world.beforeUnlink = () => {}
  expect(remove()).toBe(true)
  expect(readdirSync(folder)).toEqual([])
  expect(isSealed(fstatSync(descriptor).mtimeMs)).toBe(true)
})

test('a second name of a file that is removed keeps its times', () => {
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

test('a file stays, and as old as it was, in which a write ended right before the seal', () => {
  world.beforeTimes = () => {
    world.beforeTimes = () => {}
    appendFileSync(path, 'in time\n')
  }
  expect(remove()).toBe(false)
  expect(statSync(path).mtimeMs).toBeCloseTo(writtenMs, 0)
})

test('a file stays untouched that is not the one that is kept elsewhere', () => {
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
