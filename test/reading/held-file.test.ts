// Files that are opened to be read, while the folder or the disk fails: none of them stays open.
import { mkdirSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test, vi } from 'vitest'
import { parseOptions } from '../../src/options/parse-options.js'
import { logOf } from '../../src/policy/names/archive-name.js'
import { HeldFile } from '../../src/reading/held-file.js'
import { fileSource } from '../../src/reading/lines/file-source.js'
import { sourcesOfLog } from '../../src/reading/lines/log-sources.js'
import { takeSnapshot } from '../../src/reading/log-snapshot.js'
import { findSuccessors } from '../../src/reading/successors.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const disk = vi.hoisted(() => ({ listings: 0, failsFrom: Infinity }))

vi.mock('node:fs', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs')>()
  return {
    ...original,
    opendirSync: (path: string) => {
      if (++disk.listings >= disk.failsFrom) throw Object.assign(new Error('EIO: the folder cannot be read'), { code: 'EIO' })
      return original.opendirSync(path)
    }
  }
})

let folder: string
let file: string

beforeEach(() => {
  folder = temporaryFolder()
  file = join(folder, 'app.log')
  for (const name of ['app.log', 'app.20251001_000000.log', 'app.20251002_000000.log']) writeFileSync(join(folder, name), '{"level":30}\n')
  Object.assign(disk, { listings: 0, failsFrom: Infinity })
})

/** The files in the folder that this process has open. */
function openFiles (): string[] {
  return readdirSync('/proc/self/fd').flatMap((descriptor) => {
    try {
      return [readlinkSync(`/proc/self/fd/${descriptor}`)]
    } catch {
      return [] // The listing's own descriptor is gone.
    }
  }).filter((path) => path.startsWith(folder))
}

async function listingsOf (action: () => Promise<unknown>): Promise<number> {
  const before = disk.listings
  await action()
  return disk.listings - before
}

const settings = (): ReturnType<typeof parseOptions> => parseOptions({ file, report: false })

test.skipIf(process.platform !== 'linux')('none stays open when the folder of a log cannot be listed, whichever listing fails', async () => {
  const target = { settings: settings(), isConfigured: true }
  const listings = await listingsOf(async () => { await (await sourcesOfLog(target, null, [])).close() })
  expect(openFiles()).toEqual([])
  expect(listings).toBeGreaterThan(2)
  for (let failing = 1; failing <= listings; failing++) {
    Object.assign(disk, { listings: 0, failsFrom: failing })
    await expect(sourcesOfLog(target, null, [])).rejects.toThrow('EIO')
    expect(openFiles()).toEqual([])
  }
})

test.skipIf(process.platform !== 'linux')('none stays open when a snapshot fails', async () => {
  disk.failsFrom = 1
  await expect(takeSnapshot(logOf(settings()))).rejects.toThrow('EIO')
  expect(openFiles()).toEqual([])
})

test.skipIf(process.platform !== 'linux')('none stays open when what follows a file cannot be found', async () => {
  const followed = await HeldFile.open(join(folder, 'app.20251001_000000.log'))
  if (followed === null) throw new Error('no file')
  disk.failsFrom = 1
  await expect(findSuccessors(logOf(settings()), followed, null)).rejects.toThrow('EIO')
  expect(openFiles()).toEqual([followed.path])
  await followed.close()
})

test.skipIf(process.platform !== 'linux')('a folder in place of a file does not stay open', async () => {
  const path = join(folder, 'folder.log')
  mkdirSync(path)
  await expect(fileSource(path).open()).rejects.toThrow('EISDIR')
  expect(openFiles()).toEqual([])
})
