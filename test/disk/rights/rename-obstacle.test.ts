// A tool of these tests stands for `lsattr`, because few kernels have quota projects.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { renameObstacle } from '../../../src/disk/rights/rename-obstacle.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

const { PATH } = process.env
afterEach(() => { process.env['PATH'] = PATH })

function logWith (folderAttributes: string, fileAttributes: string): string {
  const folder = temporaryFolder()
  const [file, tools] = [join(folder, 'logs/app.log'), join(folder, 'tools')]
  for (const made of [dirname(file), tools]) mkdirSync(made)
  writeFileSync(file, '')
  writeFileSync(join(tools, 'lsattr'), `#!/bin/sh\necho '${folderAttributes} ${dirname(file)}'\necho '${fileAttributes} ${file}'\n`)
  chmodSync(join(tools, 'lsattr'), 0o755)
  process.env['PATH'] = `${tools}:${PATH}`
  return file
}

const inherits = '--------------e----P--'
const plain = '--------------e-------'

test.skipIf(process.platform !== 'linux').each([
  ['that the file and its folder belong to different quota projects', `   42 ${inherits}`, `    7 ${plain}`, { call: 'rename', code: 'EXDEV' }],
  ['that the folder lets names be added only', '    0 -----a--------e-------', `    0 ${plain}`, { call: 'rename', code: 'EPERM' }],
  ['that the folder may not change', '    0 ----i---------e-------', `    0 ${plain}`, { call: 'rename', code: 'EPERM' }],
  ['that the file lets lines be added only', `    0 ${plain}`, '    0 -----a--------e-------', { call: 'rename', code: 'EPERM' }],
  ['nothing of flags that stop no rename', '    0 -------A-I----e-------', `    0 ${plain}`, null],
  ['nothing where both belong to one project', `   42 ${inherits}`, `   42 ${plain}`, null],
  ['nothing where the folder takes files of any project', `   42 ${plain}`, `    7 ${plain}`, null],
  ['nothing where the tool tells nothing', 'lsattr: Operation not supported While reading flags on', 'lsattr: the same', null]
])('says %s', (_name, folderAttributes, fileAttributes, expected) => {
  const found = renameObstacle(logWith(folderAttributes, fileAttributes))
  if (expected === null) expect(found).toBeNull()
  else expect(found).toMatchObject(expected)
})
