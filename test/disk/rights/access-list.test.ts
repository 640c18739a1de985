// The tools that read access control lists are scripts here, which note each of their calls.
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, utimesSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { systemClock } from '../../../src/clock.js'
import { ActiveFile } from '../../../src/disk/active/active-file.js'
import { correctRights } from '../../../src/disk/rights/correct-rights.js'
import { createFile } from '../../../src/disk/open-file.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

const options = { mode: 0o644, fsync: false }
const { PATH } = process.env
const plain = 'user::rw-\\ngroup::r--\\nother::r--\\n'

let folder: string
let log: string
let nowMs = 0

function calls (): number {
  return existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').length : 0
}

/** A `getfacl` that answers for the log's folder with that text, and for each file with a plain mode. */
function useGetfacl (ofFolder = plain, before = ''): void {
  const script = `#!/bin/sh
echo called >> '${log}'
${before}
while [ "$1" != -- ]; do shift; done
shift
for path; do if [ -d "$path" ]; then printf '${ofFolder}\\n'; else printf '${plain}\\n'; fi; done
`
  writeFileSync(join(folder, 'tools/getfacl'), script)
  chmodSync(join(folder, 'tools/getfacl'), 0o755)
}

beforeEach(() => {
  folder = temporaryFolder()
  log = join(folder, 'calls')
  mkdirSync(join(folder, 'tools'))
  process.env['PATH'] = `${join(folder, 'tools')}:${PATH}`
  vi.spyOn(systemClock, 'monotonic').mockImplementation(() => nowMs)
  nowMs += 10_000
})

afterEach(() => {
  process.env['PATH'] = PATH
  vi.restoreAllMocks()
})

function successorOf (file: ActiveFile, path: string): ActiveFile {
  const successor = ActiveFile.create(`${path}.next`, { ...options, mode: 0o600 })
  successor.resemble(`${path}.next`, { path, stats: file.stats() })
  successor.close()
  return successor
}

test.skipIf(process.platform !== 'linux').each([
  ['no tool is waited for when a file was asked about ahead and its folder hands out no list', plain, 1],
  ['a file that was asked about ahead is asked about again when its folder hands a list to new files', `${plain}default:user::rwx\\n`, 2]
])('%s', async (_name, ofFolder, expected) => {
  useGetfacl(ofFolder)
  const path = join(folder, 'app.log')
  const file = ActiveFile.open(path, options)
  await file.prepareSuccessor(path)
  expect(calls()).toBe(1)
  successorOf(file, path)
  expect(calls()).toBe(expected)
  expect(statSync(`${path}.next`).mode & 0o777).toBe(0o644)
  file.close()
})

test.skipIf(process.platform !== 'linux')('an answer is good for a second, and for the same mode', async () => {
  useGetfacl()
  const path = join(folder, 'app.log')
  const file = ActiveFile.open(path, options)
  await file.prepareSuccessor(path)
  chmodSync(path, 0o640)
  await file.prepareSuccessor(path)
  expect(calls()).toBe(2)
  nowMs += 1_000
  successorOf(file, path)
  expect(calls()).toBe(3)
  file.close()
})

test.skipIf(process.platform !== 'linux').each([
  ['the look after a rotation tells about the next one too', plain, 1],
  ['the look after a rotation tells nothing about the next one when the folder hands a list to new files', `${plain}default:user::rwx\\n`, 2]
])('%s', async (_name, ofFolder, expected) => {
  useGetfacl(ofFolder)
  const [archive, path] = [join(folder, 'app.20251001_121111.log'), join(folder, 'app.log')]
  writeFileSync(archive, '', { mode: 0o644 })
  const file = ActiveFile.open(path, options)
  expect(await correctRights([archive, path])).toBeNull()
  expect(calls()).toBe(1)
  successorOf(file, path)
  expect(calls()).toBe(expected)
  file.close()
})

describe.skipIf(process.platform !== 'linux')('a copy of an archive that was looked at after its rotation', () => {
  const setTime = (path: string): void => { utimesSync(path, 1, 1) }

  test.each<[string, number, (archive: string) => void]>([
    ['needs no tool', 0, () => {}],
    ['needs a tool a second later', 1, () => { nowMs += 1_000 }],
    ['needs a tool if something else than a write has changed the archive since', 1, (archive) => {
      // The clock of a file system may stand still for some milliseconds.
      const { ctimeMs } = statSync(archive)
      while (Math.floor(statSync(archive).ctimeMs) === Math.floor(ctimeMs)) setTime(archive)
    }]
  ])('%s', async (_name, expected, before) => {
    useGetfacl()
    const [archive, path] = [join(folder, 'app.20251001_121111.log'), join(folder, 'app.log')]
    for (const file of [archive, path]) writeFileSync(file, '', { mode: 0o644 })
    setTime(archive)
    expect(await correctRights([archive, path])).toBeNull()
    const asked = calls()
    before(archive)
    const stats = statSync(archive, { bigint: true })
    await createFile(join(folder, 'copy'), new AbortController().signal, async (copy) => {
      expect(await copy.resemble([{ path: archive, stats }], stats)).toBeNull()
    })
    expect(calls() - asked).toBe(expected)
  })
})

// A tool that is waited for could never end here.
test.skipIf(process.platform !== 'linux')('a copy gets its rights without blocking the thread', async () => {
  const gone = join(folder, 'gone')
  useGetfacl(plain, `while [ ! -e '${gone}' ]; do :; done`)
  const path = join(folder, 'app.20251001_121111.log')
  writeFileSync(path, '', { mode: 0o644 })
  const stats = statSync(path, { bigint: true })
  await createFile(join(folder, 'copy'), new AbortController().signal, async (copy) => {
    const watching = watch(folder, () => {
      if (calls() === 0) return
      watching.close()
      writeFileSync(gone, '')
    })
    expect(await copy.resemble([{ path, stats }], stats)).toBeNull()
  })
  expect(statSync(join(folder, 'copy')).mode & 0o777).toBe(0o644)
})

describe.skipIf(process.platform !== 'linux')('a file of a megabyte', () => {
  const filled = Buffer.alloc(1024 * 1024, 'a line\n')
  const change = (path: string): void => { chmodSync(path, statSync(path).mode) }

  test.each<[string, number, (path: string, file: ActiveFile) => void]>([
    ['is not asked about within a second of its creation', 0, () => {}],
    ['is asked about later than that', 1, () => { nowMs += 1_000 }],
    ['is asked about if its rights may have changed since its last write', 1, change],
    ['is asked about if it has another mode now', 1, (path, file) => {
      chmodSync(path, 0o640)
      file.append(filled)
    }]
  ])('%s', async (_name, expected, before) => {
    useGetfacl()
    const path = join(folder, 'app.log')
    const file = ActiveFile.open(path, options)
    file.append(filled)
    before(path, file)
    await file.prepareSuccessor(path)
    expect(calls()).toBe(expected)
    successorOf(file, path)
    expect(calls()).toBe(expected)
    file.close()
  })

  test('is asked about if this process has not created it', async () => {
    useGetfacl()
    const path = join(folder, 'app.log')
    writeFileSync(path, filled, { mode: 0o644 })
    const file = ActiveFile.open(path, options)
    await file.prepareSuccessor(path)
    expect(calls()).toBe(1)
    file.close()
  })
})

test.skipIf(process.platform !== 'linux')('a smaller file is asked about', async () => {
  useGetfacl()
  const path = join(folder, 'app.log')
  const file = ActiveFile.open(path, options)
  file.append(Buffer.alloc(1024 * 1024 - 1, 'a line\n'))
  await file.prepareSuccessor(path)
  expect(calls()).toBe(1)
  file.close()
})

test.skipIf(process.platform !== 'linux')('a file may be read by its owner alone if the tool could not tell what list it has', () => {
  useGetfacl(plain, 'exit 1')
  const path = join(folder, 'app.log')
  const file = ActiveFile.open(path, options)
  expect(successorOf(file, path).lostRights).toMatchObject({ code: 'ERR_ROTOR_RIGHTS' })
  expect(statSync(`${path}.next`).mode & 0o777).toBe(0o600)
  file.close()
})
