import { lstatSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createdMs, madeMs } from '../../src/disk/creation-time.js'
import { actAs } from '../support/platform.js'
import { temporaryFolder } from '../support/temporary-folder.js'

function newFile (): string {
  const path = join(temporaryFolder(), 'app.log')
  writeFileSync(path, '')
  return path
}

test('a file was created when its file system says, or last written if that is earlier', () => {
  const path = newFile()
  expect(createdMs(path)).toBe(lstatSync(path).birthtimeMs)
  utimesSync(path, 1, 1)
  expect(createdMs(path)).toBe(1_000)
})

test('nothing is known of a file that is gone, or whose file system does not tell', () => {
  expect(createdMs(join(temporaryFolder(), 'gone.log'))).toBeNull()
  expect(madeMs({ ...lstatSync(newFile()), birthtimeMs: 0 })).toBeNull()
})

test('Windows is not believed, since it gives a new file the time of an earlier one with its name', () => {
  const path = newFile()
  actAs('win32')
  expect(createdMs(path)).toBeNull()
})
