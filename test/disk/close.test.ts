import fs, { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { closeQuietly } from '../../src/disk/close.js'
import { Lock } from '../../src/disk/lock/lock.js'
import { readSmallFile, replaceSmallFile } from '../../src/disk/small-file.js'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rotor-close-'))
  const { closeSync } = fs
  vi.spyOn(fs, 'closeSync').mockImplementation((descriptor) => {
    closeSync(descriptor)
    throw Object.assign(new Error('EIO: i/o error, close'), { code: 'EIO' })
  })
  syncBuiltinESMExports()
})
afterEach(() => {
  vi.restoreAllMocks()
  syncBuiltinESMExports()
  rmSync(folder, { recursive: true })
})

describe('a close that fails', () => {
  test('still closes the descriptor', () => {
    const descriptor = fs.openSync(join(folder, 'file'), 'w')
    closeQuietly(descriptor)
    expect(() => fs.fstatSync(descriptor)).toThrow('EBADF')
  })

  test('leaves no lock behind that its living owner would keep for ever', () => {
    const [first, second] = [new Lock(join(folder, 'lock'), () => 0), new Lock(join(folder, 'lock'), () => 0)]
    expect(first.tryAcquire()).toBe(true)
    expect(second.tryAcquire()).toBe(false)
    first.release()
    expect(readdirSync(folder)).toEqual([])
    expect(second.tryAcquire()).toBe(true)
  })

  test('does not undo a file that was written and synced', async () => {
    await replaceSmallFile(join(folder, 'record'), join(folder, 'unfinished'), 'text')
    expect(readSmallFile(join(folder, 'record'))).toBe('text')
    expect(readdirSync(folder)).toEqual(['record'])
  })
})
