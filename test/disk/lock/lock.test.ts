import { mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Lock } from '../../../src/disk/lock/lock.js'
import { currentOwner, formatOwner, livenessOf, parseOwner } from '../../../src/disk/lock/owner.js'

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

  test('names its owner, who is alive', () => {
    lock().tryAcquire()
    const owner = parseOwner(readFileSync(path, 'latin1'))
    expect(owner).toEqual(currentOwner())
    expect(owner?.pid).toBe(process.pid)
    expect(livenessOf(currentOwner())).toBe('alive')
  })

  test.runIf(process.platform === 'linux')('is broken at once when its owner is gone, be it that its process id has come back', () => {
    for (const gone of [{ ...currentOwner(), pid: 2 ** 22 + 1 }, { ...currentOwner(), started: '1' }, { ...currentOwner(), thread: 2 ** 22 + 1 }]) {
      writeFileSync(path, formatOwner(gone))
      expect(livenessOf(gone)).toBe('gone')
      const next = lock()
      expect(next.tryAcquire()).toBe(true)
      next.release()
      expect(readdirSync(folder)).toEqual([])
    }
  })

  test('is broken after half a second where its owner cannot be asked', () => {
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

  test('is not broken where two that say nothing were met at different times', () => {
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

  test('leaves alone what is not a file of ours', () => {
    symlinkSync(join(folder, 'elsewhere'), path)
    expect(() => lock().tryAcquire()).toThrow(expect.objectContaining({ code: 'ERR_ROTOR_FILE_TYPE' }))
    expect(readdirSync(folder)).toEqual(['lock'])
  })

  test('is left alone at its release where somebody else has it by then', () => {
    const first = lock()
    first.tryAcquire()
    writeFileSync(path, 'of another')
    first.release()
    expect(readFileSync(path, 'latin1')).toBe('of another')
  })
})
