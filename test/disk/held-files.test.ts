import { beforeEach, describe, expect, test, vi } from 'vitest'
import { mayBeHeld, retryWhileHeld, retryWhileHeldSync } from '../../src/disk/held-files.js'
import { actAs } from '../support/platform.js'

function held (code: string): Error {
  return Object.assign(new Error(`${code}: held`), { code })
}

test.each(['EBUSY', 'EPERM', 'EACCES'])('%s may mean a held file on Windows only', (code) => {
  expect(mayBeHeld(held(code))).toBe(false)
  actAs('win32')
  expect(mayBeHeld(held(code))).toBe(true)
})

test('no other error means a held file', () => {
  actAs('win32')
  for (const code of ['ENOENT', 'EEXIST', 'ENOSPC', 'EIO']) expect(mayBeHeld(held(code))).toBe(false)
})

describe('an action on a held file', () => {
  beforeEach(() => {
    actAs('win32')
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    vi.restoreAllMocks()
    vi.spyOn(Atomics, 'wait').mockReturnValue('timed-out')
  })

  function succeedingAfter (failures: number): () => string {
    return () => {
      if (failures-- > 0) throw held('EBUSY')
      return 'done'
    }
  }

  test('succeeds as soon as the file is let go', () => {
    expect(retryWhileHeldSync(succeedingAfter(3))).toBe('done')
  })

  test('fails with the last error after a second in all', () => {
    expect(() => retryWhileHeldSync(succeedingAfter(100))).toThrow('EBUSY')
    const waitedMs = vi.mocked(Atomics.wait).mock.calls.reduce((sum, [, , , ms = 0]) => sum + ms, 0)
    expect(waitedMs).toBe(1_000)
  })

  test('fails at once for any other reason', async () => {
    const action = vi.fn(() => { throw held('ENOENT') })
    await expect(retryWhileHeld(action)).rejects.toThrow('ENOENT')
    expect(action).toHaveBeenCalledTimes(1)
  })

  test('fails at once on another system', () => {
    actAs('linux')
    const action = vi.fn(() => { throw held('EPERM') })
    expect(() => { retryWhileHeldSync(action) }).toThrow('EPERM')
    expect(action).toHaveBeenCalledTimes(1)
  })
})
