// A lock that meets a failing call. It must not stay behind, because other processes would wait for it until its holder ends. And it
// must keep other processes out also while its text cannot be read.
import { mkdtempSync, openSync, readdirSync, readFileSync, readSync, renameSync, rmSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { Lock } from '../../../src/disk/lock/lock.js'
import { currentOwner, formatOwner } from '../../../src/disk/lock/owner.js'
import { actAs } from '../../support/platform.js'

const real = await vi.importActual<typeof import('node:fs')>('node:fs')

vi.mock('node:fs', async (actual) => {
  const fs = await actual<typeof import('node:fs')>()
  return { ...fs, openSync: vi.fn(fs.openSync), readSync: vi.fn(fs.readSync), renameSync: vi.fn(fs.renameSync), unlinkSync: vi.fn(fs.unlinkSync) }
})

// The fake timers do not reach promises.
vi.mock('node:timers/promises', () => ({
  setTimeout: vi.fn(async (delayMs: number) => { await new Promise((resolve) => { globalThis.setTimeout(resolve, delayMs) }) })
}))

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

test.each(['ENOSPC', 'EIO', 'EACCES', 'ENOSYS'])('is gone after its release, also if the disk refuses every rename with %s', (code) => {
  const { folder, lock } = taken()
  vi.mocked(renameSync).mockImplementation(fail(code))
  onTestFinished(() => { vi.mocked(renameSync).mockImplementation(real.renameSync) })
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

describe('on Windows, a lock whose file another program holds at its release', () => {
  beforeEach(() => {
    actAs('win32')
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    const wait = vi.spyOn(Atomics, 'wait').mockImplementation(() => { throw new Error('the thread was blocked') })
    onTestFinished(() => {
      vi.useRealTimers()
      wait.mockRestore()
    })
  })

  /** The file is held until the returned function is called. */
  function holdFile (code = 'EPERM'): () => void {
    vi.mocked(renameSync).mockImplementation(fail(code))
    vi.mocked(unlinkSync).mockImplementation(fail(code))
    const letGo = (): void => {
      vi.mocked(renameSync).mockImplementation(real.renameSync)
      vi.mocked(unlinkSync).mockImplementation(real.unlinkSync)
    }
    onTestFinished(letGo)
    return letGo
  }
  const pass = async (ms: number): Promise<void> => { await vi.advanceTimersByTimeAsync(ms) }

  test.each(['EBUSY', 'EPERM', 'EACCES'])('is removed once it is let go (%s), and blocks nothing meanwhile', async (code) => {
    const { folder, lock } = taken()
    const letGo = holdFile(code)
    lock.release()
    await pass(500)
    expect(readdirSync(folder)).toEqual(['lock'])
    letGo()
    await pass(400)
    expect(readdirSync(folder)).toEqual([])
  })

  test.each(['EBUSY', 'EPERM', 'EACCES'])('is removed once it is let go, also if it cannot be read meanwhile (%s)', async (code) => {
    const { folder, lock } = taken()
    const { openSync: open } = real
    vi.mocked(openSync).mockImplementation(fail(code))
    onTestFinished(() => { vi.mocked(openSync).mockImplementation(open) })
    lock.release()
    await pass(500)
    expect(readdirSync(folder)).toEqual(['lock'])
    vi.mocked(openSync).mockImplementation(open)
    await pass(400)
    expect(readdirSync(folder)).toEqual([])
  })

  test('stays after a second, and is taken over at the next acquisition', async () => {
    const { folder, lock } = taken()
    const letGo = holdFile()
    lock.release()
    await pass(1_000)
    letGo()
    await pass(60_000)
    expect(readdirSync(folder)).toEqual(['lock'])
    expect(lock.tryAcquire()).toBe(true)
    lock.release()
    expect(readdirSync(folder)).toEqual([])
  })

  test('stays if the same object has taken it again meanwhile', async () => {
    const { folder, lock } = taken()
    const letGo = holdFile()
    lock.release()
    letGo()
    expect(lock.tryAcquire()).toBe(true)
    await pass(1_000)
    expect(readdirSync(folder)).toEqual(['lock'])
    expect(lock.isBroken()).toBe(false)
  })

  test('stays if another process has broken it and holds it by then', async () => {
    const { folder, lock } = taken()
    const letGo = holdFile()
    lock.release()
    letGo()
    writeFileSync(join(folder, 'lock'), 'of another')
    await pass(1_000)
    expect(readFileSync(join(folder, 'lock'), 'latin1')).toBe('of another')
  })

  test('does not keep the process alive', async () => {
    const { lock } = taken()
    holdFile()
    vi.mocked(pause).mockClear()
    lock.release()
    await Promise.resolve()
    expect(vi.mocked(pause).mock.calls).toEqual([[expect.any(Number), undefined, { ref: false }]])
  })
})

test('keeps others out while every read of it fails, as long as it is touched', () => {
  const { folder } = taken()
  let nowMs = 0
  const clock = (): number => {
    nowMs += 100
    utimesSync(join(folder, 'lock'), 0, nowMs)
    return nowMs
  }
  const other = new Lock(join(folder, 'lock'), clock)
  vi.mocked(readSync).mockImplementation(fail('EIO'))
  let isRun = false
  for (let attempts = 0; attempts < 3; attempts++) expect(other.runUnlessHeld(() => { isRun = true })).toBeNull()
  vi.mocked(readSync).mockReset()
  expect(isRun).toBe(false)
  expect(nowMs).toBeGreaterThan(2_000)
})

test('is taken over after half a second if every read of it fails and nothing touches it', () => {
  const { folder } = taken()
  let nowMs = 0
  const other = new Lock(join(folder, 'lock'), () => nowMs)
  vi.mocked(readSync).mockImplementation(fail('EIO'))
  expect(other.tryAcquire()).toBe(false)
  nowMs = 500
  expect(other.tryAcquire()).toBe(true)
  vi.mocked(readSync).mockReset()
  // The second lock could not be released. It is, as soon as the disk works.
  expect(other.isBroken()).toBe(false)
  other.release()
  expect(readdirSync(folder)).toEqual([])
})

test.each(['second', 'third'] as const)('is held by one process alone if the %s read fails while an abandoned lock is broken', (which) => {
  const folder = mkdtempSync(join(tmpdir(), 'rotor-lock-'))
  onTestFinished(() => { rmSync(folder, { recursive: true }) })
  const path = join(folder, 'lock')
  writeFileSync(path, `${formatOwner({ ...currentOwner(), started: '1' })}\n`)
  const read = vi.mocked(readSync).getMockImplementation()
  const calls = vi.mocked(readSync).mock.calls.length
  const failing = calls + (which === 'second' ? 2 : 3)
  vi.mocked(readSync).mockImplementation((...given) => {
    if (vi.mocked(readSync).mock.calls.length === failing) fail('EIO')()
    return (read as typeof readSync)(...given)
  })
  const lock = new Lock(path, () => 0)
  while (!lock.tryAcquire()) expect(vi.mocked(readSync).mock.calls.length).toBeLessThan(calls + 20)
  expect(new Lock(path, () => 0).tryAcquire()).toBe(false)
  expect(vi.mocked(readSync).mock.calls.length).toBeGreaterThan(failing)
  lock.release()
  expect(readdirSync(folder)).toEqual([])
})

test('tells that it does not know whether it is broken if the disk fails to read it', () => {
  const { lock } = taken()
  expect(lock.isBroken()).toBe(false)
  vi.mocked(readSync).mockImplementationOnce(fail('EIO'))
  expect(() => lock.isBroken()).toThrow('EIO')
  expect(lock.isBroken()).toBe(false)
})
