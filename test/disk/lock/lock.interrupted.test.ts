// A lock whose release meets a failing call: it must not stay behind, because other processes would wait for it until its holder ends.
import { mkdtempSync, readdirSync, readSync, rmSync, unlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { Lock } from '../../../src/disk/lock/lock.js'

vi.mock('node:fs', async (actual) => {
  const fs = await actual<typeof import('node:fs')>()
  return { ...fs, readSync: vi.fn(fs.readSync), unlinkSync: vi.fn(fs.unlinkSync) }
})

function fail (code: string): () => never {
  return () => { throw Object.assign(new Error(code), { code }) }
}

function taken (): { folder: string, lock: Lock } {
  const folder = mkdtempSync(join(tmpdir(), 'rotor-lock-'))
  onTestFinished(() => { rmSync(folder, { recursive: true }) })
  const lock = new Lock(join(folder, 'lock'), () => 0)
  expect(lock.tryAcquire()).toBe(true)
  return { folder, lock }
}

test.each(['EINTR', 'EIO', 'ESTALE'])('is gone after its release, also if a read fails once with %s', (code) => {
  const { folder, lock } = taken()
  vi.mocked(readSync).mockImplementationOnce(fail(code))
  lock.release()
  expect(readdirSync(folder)).toEqual([])
})

test.each(['EINTR', 'EBUSY'])('is gone after its release, also if its removal fails once with %s', (code) => {
  const { folder, lock } = taken()
  vi.mocked(unlinkSync).mockImplementationOnce(fail(code))
  lock.release()
  expect(readdirSync(folder)).toEqual([])
})

test('stays if every read fails, and is taken over at the next acquisition', () => {
  const { folder, lock } = taken()
  const reads = vi.mocked(readSync).mock.calls.length
  for (let times = 0; times < 3; times++) vi.mocked(readSync).mockImplementationOnce(fail('EIO'))
  lock.release()
  expect(vi.mocked(readSync).mock.calls.length).toBe(reads + 3)
  expect(readdirSync(folder)).toEqual(['lock'])
  expect(lock.tryAcquire()).toBe(true)
  lock.release()
  expect(readdirSync(folder)).toEqual([])
})
