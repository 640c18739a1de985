import { existsSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, symlinkSync, truncateSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Lock } from '../../../src/disk/lock/lock.js'
import { lockHolder } from '../../../src/disk/lock/lock-holder.js'
import { currentOwner, formatOwner, livenessOf, parseOwner } from '../../../src/disk/lock/owner.js'
import { actAs } from '../../support/platform.js'

let folder: string
let path: string
let nowMs: number
const lock = (): Lock => new Lock(path, () => nowMs)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rotor-lock-'))
  path = join(folder, 'lock')
  nowMs = 0
})
afterEach(() => { rmSync(folder, { recursive: true }) })

describe('a lock', () => {
  test('is held by one at a time and free once released', () => {
    const [first, second] = [lock(), lock()]
    expect(first.tryAcquire()).toBe(true)
    expect(second.tryAcquire()).toBe(false)
    first.release()
    expect(second.tryAcquire()).toBe(true)
    second.release()
    expect(readdirSync(folder)).toEqual([])
  })

  test('without links, is created again by a process that was held up before it wrote its name, if others removed the nameless file', () => {
    actAs('win32')
    let looks = 0
    const heldUp = new Lock(path, () => {
      if (++looks === 2) unlinkSync(path)
      return looks * 500
    })
    expect(heldUp.tryAcquire()).toBe(true)
    expect(readdirSync(folder)).toEqual(['lock'])
    expect(lock().tryAcquire()).toBe(false)
  })

  test('is taken over by its holder, if others put back the file of an earlier time', () => {
    const holder = lock()
    holder.tryAcquire()
    renameSync(path, `${path}.aside`)
    holder.tryAcquire()
    renameSync(`${path}.aside`, path)
    expect(lock().tryAcquire()).toBe(false)
    expect(holder.tryAcquire()).toBe(true)
    expect(holder.isBroken()).toBe(false)
    holder.release()
    expect(readdirSync(folder)).toEqual([])
  })

  test('tells its holder that it was broken, whether or not another process has taken it since', () => {
    const holder = lock()
    holder.tryAcquire()
    expect(holder.isBroken()).toBe(false)
    unlinkSync(path)
    expect(holder.isBroken()).toBe(true)
    const next = lock()
    next.tryAcquire()
    expect(holder.isBroken()).toBe(true)
    expect(next.isBroken()).toBe(false)
    truncateSync(path, 0)
    expect(next.isBroken()).toBe(true)
  })

  test('tells its holder that another process is about to break it', () => {
    const holder = lock()
    holder.tryAcquire()
    const breaking = new Lock(`${path}.break`, () => nowMs)
    breaking.tryAcquire()
    expect(holder.isBroken()).toBe(true)
    breaking.release()
    expect(holder.isBroken()).toBe(false)
    expect(readdirSync(folder)).toEqual(['lock'])
  })

  test('is not taken for broken for good if a process that meant to break it was killed', () => {
    const holder = lock()
    holder.tryAcquire()
    writeFileSync(`${path}.break`, 'rubbish')
    expect(holder.isBroken()).toBe(true)
    nowMs += 500
    expect(holder.isBroken()).toBe(false)
    // Taken and released for the question, it would tell another writer that its own lock is being broken.
    expect(readdirSync(folder)).toEqual(['lock', 'lock.break'])
  })

  test('names its living owner', () => {
    lock().tryAcquire()
    const owner = parseOwner(readFileSync(path, 'latin1'))
    expect(owner).toEqual(currentOwner())
    expect(owner?.pid).toBe(process.pid)
    expect(livenessOf(currentOwner())).toBe('alive')
  })

  test.runIf(process.platform === 'linux')('is broken at once when its owner is gone, even if its process id is in use again', () => {
    for (const gone of [{ ...currentOwner(), pid: 2 ** 22 + 1 }, { ...currentOwner(), started: '1' }, { ...currentOwner(), thread: 2 ** 22 + 1 }]) {
      writeFileSync(path, formatOwner(gone))
      expect(livenessOf(gone)).toBe('gone')
      const next = lock()
      expect(next.tryAcquire()).toBe(true)
      next.release()
      expect(readdirSync(folder)).toEqual([])
    }
  })

  test('is broken after half a second if its owner cannot be asked', () => {
    for (const text of ['rubbish', '', formatOwner({ ...currentOwner(), host: 'elsewhere' })]) {
      writeFileSync(path, text)
      const next = lock()
      expect(next.tryAcquire()).toBe(false)
      nowMs += 499
      expect(next.tryAcquire()).toBe(false)
      nowMs += 1
      expect(next.tryAcquire()).toBe(true)
      next.release()
    }
  })

  test('is broken only after the tokens of its holder are removed', () => {
    const tokens = ['one', 'two'].map((name) => join(folder, name))
    for (const token of tokens) writeFileSync(token, '')
    writeFileSync(path, 'rubbish')
    let hadTokens: boolean | null = null
    const next = new Lock(path, () => nowMs, () => {
      hadTokens = tokens.every((token) => existsSync(token))
      return [...tokens, join(folder, 'gone already')].map((token) => () => { unlinkSync(token) })
    })
    expect(next.tryAcquire()).toBe(false)
    expect(hadTokens).toBeNull()
    nowMs += 500
    expect(next.tryAcquire()).toBe(true)
    expect(hadTokens).toBe(true)
    expect(readdirSync(folder)).toEqual(['lock'])
  })

  test('keeps the tokens of a holder that took it while others meant to break it', () => {
    const token = join(folder, 'token')
    writeFileSync(path, 'rubbish')
    const next = new Lock(path, () => nowMs, () => {
      unlinkSync(path)
      lock().tryAcquire()
      writeFileSync(token, '')
      return [() => { unlinkSync(token) }]
    })
    expect(next.tryAcquire()).toBe(false)
    nowMs += 500
    expect(next.tryAcquire()).toBe(false)
    expect(readdirSync(folder).sort()).toEqual(['lock', 'token'])
  })

  test('is not broken if two different locks without a name were seen at different times', () => {
    const other = lock()
    writeFileSync(path, '')
    expect(other.tryAcquire()).toBe(false)
    unlinkSync(path)
    writeFileSync(path, '')
    // The file system may give the new one the old one's inode, and both were made within a tick of its clock.
    utimesSync(path, 1, 1)
    nowMs += 600
    expect(other.tryAcquire()).toBe(false)
  })

  test.runIf(process.platform === 'linux')('is judged by its touches alone if its owner names no start, although a process has that id', () => {
    const jailed = { ...currentOwner(), started: '' }
    expect(livenessOf(jailed)).toBe('unknown')
    expect(livenessOf({ ...jailed, pid: 2 ** 22 + 1 })).toBe('unknown')
    writeFileSync(path, formatOwner(jailed))
    const next = lock()
    expect(next.tryAcquire()).toBe(false)
    nowMs += 400
    utimesSync(path, 5, 5)
    expect(next.tryAcquire()).toBe(false)
    nowMs += 499
    expect(next.tryAcquire()).toBe(false)
    nowMs += 1
    expect(next.tryAcquire()).toBe(true)
  })

  test('is not broken if its holder takes it again and again, on a file system with coarse times', () => {
    const [holder, other] = [lock(), lock()]
    vi.spyOn(process, 'platform', 'get').mockReturnValue('freebsd')
    for (let look = 0; look < 5; look++) {
      holder.tryAcquire()
      writeFileSync(path, readFileSync(path, 'latin1').replace(/^host=\S+/, 'host=elsewhere'))
      utimesSync(path, 8, 8)
      expect(other.tryAcquire()).toBe(false)
      nowMs += 400
      unlinkSync(path)
    }
    vi.restoreAllMocks()
  })

  // On Windows, C:\proc may be any program's folder. Here it is Linux's /proc, which must not be read either.
  test.each(['darwin', 'win32'] as const)('on %s, reads no /proc, and counts only a missing process as gone', (platform) => {
    vi.spyOn(process, 'platform', 'get').mockReturnValue(platform)
    const owner = currentOwner()
    expect(owner).toMatchObject({ started: '', host: hostname().replaceAll(/\s/g, '') })
    expect(livenessOf(owner)).toBe('unknown')
    expect(livenessOf({ ...owner, pid: 2 ** 22 + 1 })).toBe('gone')
    vi.restoreAllMocks()
  })

  test('is read in its first 4 KiB only, however large the file in its place', () => {
    writeFileSync(path, 'rubbish')
    truncateSync(path, 8 * 2 ** 30)
    const before = process.memoryUsage().rss
    expect(lock().tryAcquire()).toBe(false)
    expect(lockHolder(path)).toMatchObject({ pid: null, liveness: 'unknown' })
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 2 ** 20)
    writeFileSync(path, `${' '.repeat(4096)}\n${formatOwner(currentOwner())}\n`)
    expect(lockHolder(path)).toMatchObject({ pid: null, liveness: 'unknown' })
  })

  test('is waited for a second by the clock, however long each pause takes', () => {
    lock().tryAcquire()
    let pauses = 0
    const slow = new Lock(path, () => {
      pauses++
      nowMs += 15
      return nowMs
    })
    expect(slow.run(() => 'taken')).toBeNull()
    expect(pauses).toBeLessThan(100)
  })

  test('is waited for a little, although its waiter was held up for longer than its patience', () => {
    const held = lock()
    const tryAcquire = vi.spyOn(held, 'tryAcquire').mockImplementationOnce(() => {
      nowMs += 5_000
      return false
    })
    for (let attempts = 2; attempts < 10; attempts++) tryAcquire.mockReturnValueOnce(false)
    expect(held.run(() => 'done')).toBe('done')
    expect(tryAcquire).toHaveBeenCalledTimes(10)
  })

  test('leaves another program\'s file alone', () => {
    symlinkSync(join(folder, 'elsewhere'), path)
    expect(() => lock().tryAcquire()).toThrow(expect.objectContaining({ code: 'ERR_ROTOR_FILE_TYPE' }))
    expect(readdirSync(folder)).toEqual(['lock'])
  })

  test('stays at its release if another process holds it by then', () => {
    const first = lock()
    first.tryAcquire()
    writeFileSync(path, 'of another')
    first.release()
    expect(readFileSync(path, 'latin1')).toBe('of another')
  })
})

describe('on Windows, a lock whose file another program holds for a moment', () => {
  test('is waited for', () => {
    actAs('win32')
    const held = lock()
    const tryAcquire = vi.spyOn(held, 'tryAcquire').mockImplementationOnce(() => { throw Object.assign(new Error('held'), { code: 'EPERM' }) })
    expect(held.run(() => 'done')).toBe('done')
    expect(tryAcquire).toHaveBeenCalledTimes(2)
  })

  test('fails with that reason if it lasts', () => {
    actAs('win32')
    const held = lock()
    vi.spyOn(held, 'tryAcquire').mockImplementation(() => {
      nowMs += 200
      throw Object.assign(new Error('held'), { code: 'EPERM' })
    })
    expect(() => held.run(() => 'done')).toThrow('held')
    expect(held.runAnyway(() => 'done')).toBe('done')
  })
})
