// Who holds a lock, told without touching it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Lock } from '../../../src/disk/lock/lock.js'
import { lockHolder } from '../../../src/disk/lock/lock-holder.js'
import { currentOwner, formatOwner } from '../../../src/disk/lock/owner.js'

let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rotor-lock-'))
  path = join(folder, 'lock')
})
afterEach(() => { rmSync(folder, { recursive: true }) })

test('names the process that holds it, and leaves it alone', () => {
  expect(lockHolder(path)).toBeNull()
  const lock = new Lock(path, () => performance.now())
  expect(lock.tryAcquire()).toBe(true)
  const content = readFileSync(path, 'latin1')
  expect(lockHolder(path)).toEqual({ pid: process.pid, liveness: 'alive', sinceMs: expect.closeTo(Date.now(), -4) })
  expect(readFileSync(path, 'latin1')).toBe(content)
  lock.release()
  expect(lockHolder(path)).toBeNull()
})

test('reports that its holder has died', () => {
  writeFileSync(path, `${formatOwner({ ...currentOwner(), pid: 4_194_303 })}\n`)
  expect(lockHolder(path)).toMatchObject({ pid: 4_194_303, liveness: 'gone' })
})

test('reports that it does not know', () => {
  writeFileSync(path, 'rubbish')
  expect(lockHolder(path)).toMatchObject({ pid: null, liveness: 'unknown' })
})
