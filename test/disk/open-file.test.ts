// A new file whose making fails, and which another program holds on Windows.
import { existsSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { createFile } from '../../src/disk/open-file.js'
import { actAs } from '../support/platform.js'
import { temporaryFolder } from '../support/temporary-folder.js'

vi.mock('node:fs', async (actual) => {
  const fs = await actual<typeof import('node:fs')>()
  return { ...fs, unlinkSync: vi.fn(fs.unlinkSync) }
})

function holdTwice (): void {
  for (let times = 0; times < 2; times++) vi.mocked(unlinkSync).mockImplementationOnce(() => { throw Object.assign(new Error('EBUSY: held'), { code: 'EBUSY' }) })
}

test('is gone when its making has failed, also if a scanner held it for a moment', async () => {
  actAs('win32')
  const path = join(temporaryFolder(), 'copy')
  holdTwice()
  await expect(createFile(path, new AbortController().signal, async () => { throw new Error('the disk is gone') })).rejects.toThrow('the disk is gone')
  expect(existsSync(path)).toBe(false)
})

test('stays for the next start when its making was aborted while a scanner held it, so that no caller waits', async () => {
  actAs('win32')
  const path = join(temporaryFolder(), 'copy')
  const abort = new AbortController()
  holdTwice()
  vi.mocked(unlinkSync).mockClear()
  await expect(createFile(path, abort.signal, async () => { abort.abort(new Error('the log closes')) })).rejects.toThrow('the log closes')
  expect(vi.mocked(unlinkSync)).toHaveBeenCalledTimes(1)
  expect(existsSync(path)).toBe(true)
  vi.mocked(unlinkSync).mockReset()
})
