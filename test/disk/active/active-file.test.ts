// The disk's answers are made up here: short writes, refusals and a failing fsync, which no real file gives on demand.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ActiveFile } from '../../../src/disk/active/active-file.js'

const disk = vi.hoisted(() => ({ takes: [] as Array<number | string>, syncs: [] as string[] }))

function failure (code: string): Error {
  return Object.assign(new Error(code), { code })
}

// SonicBoom asks the module's object, where it can be answered for; what is imported by name is led there too.
vi.mock('node:fs', async (importOriginal) => {
  const real = await importOriginal<typeof fs & { default: typeof fs }>()
  const { writeSync, fsyncSync } = real.default
  real.default.writeSync = ((descriptor: number, bytes: Buffer) => {
    const takes = disk.takes.shift() ?? bytes.length
    if (typeof takes === 'string') throw failure(takes)
    return writeSync(descriptor, bytes, 0, Math.min(takes, bytes.length))
  }) as typeof fs.writeSync
  const failingSync = (descriptor: number): void => {
    const code = disk.syncs.shift()
    if (code !== undefined) throw failure(code)
    fsyncSync(descriptor)
  }
  // As with fs.protected_regular in a sticky folder, for a file of another user.
  const protectedOpen = (target: string, flags: number, mode?: number): number => {
    const { O_CREAT, O_EXCL } = real.constants
    if ((flags & O_CREAT) !== 0 && (flags & O_EXCL) === 0 && real.existsSync(target)) throw failure('EACCES')
    return real.openSync(target, flags, mode)
  }
  return { ...real, fsyncSync: failingSync, openSync: protectedOpen }
})

let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rotor-active-'))
  path = join(folder, 'app.log')
})

afterEach(() => {
  disk.takes = []
  disk.syncs = []
  rmSync(folder, { recursive: true, force: true })
})

function opened (fsync = false): ActiveFile {
  return ActiveFile.open(path, { mode: 0o644, fsync })
}

test('continues after the bytes of a short write', () => {
  const file = opened()
  disk.takes = [3, 1]
  expect(file.append(Buffer.from('one line\n'))).toBeNull()
  file.close()
  expect(readFileSync(path, 'utf8')).toBe('one line\n')
})

test('keeps the bytes that the disk refused, and writes the rest of the line later', () => {
  const file = opened()
  disk.takes = [3, 'ENOSPC']
  expect(file.append(Buffer.from('one line\n'))).toMatchObject({ code: 'ENOSPC' })
  expect(readFileSync(path, 'utf8')).toBe('one')
  expect(file.sizeBytes).toBe(9)
  expect(file.resume()).toBeNull()
  expect(file.append(Buffer.from('another\n'))).toBeNull()
  file.close()
  expect(readFileSync(path, 'utf8')).toBe('one line\nanother\n')
})

test('reports a failed fsync, and syncs again at the next attempt', () => {
  const file = opened(true)
  disk.syncs = ['EIO', 'EIO']
  expect(file.append(Buffer.from('one line\n'))).toMatchObject({ code: 'EIO' })
  expect(file.resume()).toMatchObject({ code: 'EIO' })
  expect(file.resume()).toBeNull()
  file.close()
  expect(readFileSync(path, 'utf8')).toBe('one line\n')
})

test('opens a file of another user in a sticky folder, where the kernel refuses O_CREAT (fs.protected_regular)', () => {
  writeFileSync(path, 'earlier\n')
  const file = opened()
  expect(file.append(Buffer.from('one line\n'))).toBeNull()
  file.close()
  expect(readFileSync(path, 'utf8')).toBe('earlier\none line\n')
})
