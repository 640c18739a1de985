// On Windows, the name of a deleted file stays until the last descriptor is closed, and still leads to the file. The file says
// that it has no name. A real Windows is not needed for that: here the file only says so.
import { appendFileSync } from 'node:fs'
import type * as fs from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ActiveFile } from '../../../src/disk/active/active-file.js'
import { Lock } from '../../../src/disk/lock/lock.js'
import { Lookout } from '../../../src/lifecycle/active/lookout.js'
import { logName } from '../../../src/policy/names/archive-name.js'
import { actAs } from '../../support/platform.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

const world = vi.hoisted(() => ({ isDeleted: false }))

vi.mock('node:fs', async (importOriginal) => {
  const real = await importOriginal<typeof fs>()
  const fstatSync = (descriptor: number, options?: fs.StatOptions): fs.Stats | fs.BigIntStats => {
    const stats = real.fstatSync(descriptor, options)
    if (world.isDeleted) Object.assign(stats, { nlink: options?.bigint === true ? 0n : 0 })
    return stats
  }
  return { ...real, fstatSync }
})

const line = Buffer.from('{"msg":"hello"}\n')
let file: ActiveFile
let lookout: Lookout
let path: string

beforeEach(() => {
  actAs('win32')
  path = join(temporaryFolder(), 'app.log')
  world.isDeleted = false
  file = ActiveFile.create(path, { mode: 0o644, fsync: false })
  lookout = new Lookout({ file: path, name: logName(path) }, new Lock(`${path}.lock`, () => 0), () => 0, () => {})
  lookout.begin()
  file.append(line)
  lookout.written(file, line)
})

afterEach(() => {
  lookout.close()
  file.close()
})

test('a file that was deleted gives back its lines since the last look, although its name is still there', () => {
  world.isDeleted = true
  expect(lookout.look(file)).toEqual({ is: 'left', lines: line })
})

test('a file to which others wrote stays in use', () => {
  appendFileSync(path, line)
  expect(lookout.look(file)).toEqual({ is: 'in place' })
})
