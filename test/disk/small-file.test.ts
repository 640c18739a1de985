import { execFileSync } from 'node:child_process'
import * as fs from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { readSmallFile, replaceSmallFile } from '../../src/disk/small-file.js'
import { actAs } from '../support/platform.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const holder = vi.hoisted(() => ({ refusals: new Map<string, number>() }))

vi.mock('node:fs', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs')>()
  const refuseWhileHeld = (call: string): void => {
    const left = holder.refusals.get(call) ?? 0
    holder.refusals.set(call, left - 1)
    if (left > 0) throw Object.assign(new Error(`EBUSY: ${call}`), { code: 'EBUSY' })
  }
  return {
    ...original,
    openSync (path: string, flags: number, mode?: number) {
      if ((flags & original.constants.O_CREAT) === 0) refuseWhileHeld('open')
      return original.openSync(path, flags, mode)
    },
    renameSync (from: string, to: string) {
      refuseWhileHeld('rename')
      original.renameSync(from, to)
    },
    unlinkSync (path: string) {
      refuseWhileHeld('unlink')
      original.unlinkSync(path)
    }
  }
})

test('replaces and reads a small file as a whole', async () => {
  const folder = temporaryFolder()
  const path = join(folder, 'record')
  await replaceSmallFile(path, join(folder, 'record.new'), 'old')
  await replaceSmallFile(path, join(folder, 'record.new'), 'new')
  expect(readSmallFile(path)).toBe('new')
  expect(fs.readdirSync(folder)).toEqual(['record'])
})

test.each(['open', 'rename', 'unlink'])('waits on Windows while another program holds the file for a moment (%s)', async (call) => {
  actAs('win32')
  const folder = temporaryFolder()
  const path = join(folder, 'record')
  for (const name of ['record', 'record.new']) fs.writeFileSync(join(folder, name), 'old')
  holder.refusals.set(call, 2)
  await replaceSmallFile(path, join(folder, 'record.new'), 'new')
  expect(readSmallFile(path)).toBe('new')
  expect(holder.refusals.get(call)).toBeLessThan(0)
})

test('reports at once elsewhere that a file cannot be replaced', async () => {
  const folder = temporaryFolder()
  holder.refusals.set('rename', 1)
  await expect(replaceSmallFile(join(folder, 'record'), join(folder, 'record.new'), 'new')).rejects.toThrow('EBUSY')
})

test('reads nothing of a file that is too large for a record, and does not wait for a pipe in its place', () => {
  const path = join(temporaryFolder(), 'record')
  fs.writeFileSync(path, '')
  fs.truncateSync(path, 8 * 1024 ** 3)
  expect(readSmallFile(path)).toBe('')
  fs.unlinkSync(path)
  execFileSync('mkfifo', [path])
  expect(readSmallFile(path)).toBe('')
})
