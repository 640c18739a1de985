import { execFileSync } from 'node:child_process'
import { linkSync, mkdirSync, mkdtempSync, rmSync, statfsSync, symlinkSync, truncateSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe as suite, expect, test, vi } from 'vitest'
import { describe, describeAll, entriesIn, freeBytes, keepingListings, listFolder, listFolderSync, type Listed, type Wanted } from '../../src/disk/archive-folder.js'

const failing = vi.hoisted(() => ({ vanished: false }))
const listings = vi.hoisted(() => ({ count: 0 }))

// Stands for a file system without types in its folders, where Node looks at each entry and finds one gone.
vi.mock('node:fs', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs')>()
  return {
    ...original,
    readdirSync: (...given: Parameters<typeof original.readdirSync>) => {
      listings.count++
      return original.readdirSync(...given)
    },
    opendirSync: (...given: Parameters<typeof original.opendirSync>) => {
      if (failing.vanished) throw Object.assign(new Error('ENOENT: no such file or directory, lstat'), { code: 'ENOENT' })
      listings.count++
      return original.opendirSync(...given)
    }
  }
})

let folder: string

beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'rotor-folder-')) })

afterEach(() => {
  failing.vanished = false
  rmSync(folder, { recursive: true })
})

const numbered: Wanted<number> = (name) => {
  const number = /^app\.(\d+)\.log$/.exec(name)?.[1]
  return number === undefined ? null : Number(number)
}

function byName (found: Array<Listed<number>>): Array<Listed<number>> {
  return found.sort((one, other) => one.value - other.value)
}

function fill (): void {
  writeFileSync(join(folder, 'app.1.log'), 'one')
  writeFileSync(join(folder, 'app.2.log'), 'two')
  writeFileSync(join(folder, 'app.http.log'), 'of another program')
  mkdirSync(join(folder, 'app.3.log'))
  symlinkSync('app.1.log', join(folder, 'app.4.log'))
  symlinkSync('nowhere', join(folder, 'app.5.log'))
  execFileSync('mkfifo', [join(folder, 'app.6.log')])
}

const files = [{ name: 'app.1.log', value: 1 }, { name: 'app.2.log', value: 2 }]

suite.skipIf(process.platform === 'win32')('a listing', () => {
  test('lists regular files with a wanted name, but no folder, link or pipe', async () => {
    fill()
    expect(byName(await listFolder(folder, numbered))).toEqual(files)
    expect(byName(listFolderSync(folder, numbered))).toEqual(files)
  })

  test('lists the same if the file system does not tell types and an entry vanishes', async () => {
    fill()
    failing.vanished = true
    expect(byName(await listFolder(folder, numbered))).toEqual(files)
    expect(byName(listFolderSync(folder, numbered))).toEqual(files)
  })
})

suite('a listing', () => {
  test('is empty for an empty folder and fails for a missing one', async () => {
    expect(await listFolder(folder, numbered)).toEqual([])
    await expect(listFolder(join(folder, 'missing'), numbered)).rejects.toMatchObject({ code: 'ENOENT' })
    expect(() => listFolderSync(join(folder, 'missing'), numbered)).toThrow(expect.objectContaining({ code: 'ENOENT' }))
  })

  test('fails if the path is a file', async () => {
    writeFileSync(join(folder, 'file'), '')
    await expect(listFolder(join(folder, 'file'), numbered)).rejects.toMatchObject({ code: 'ENOTDIR' })
  })

  test('lets others have their turn in a large folder', async () => {
    for (let number = 0; number < 1000; number++) writeFileSync(join(folder, `app.${number}.log`), '')
    const others = { turns: 0, stopped: false }
    const listing = listFolder(folder, numbered).finally(() => { others.stopped = true })
    while (!others.stopped) { await setImmediate(); others.turns++ }
    expect(await listing).toHaveLength(1000)
    expect(others.turns).toBeGreaterThan(5)
  })

  test('accepts any value but null as a wanted name', () => {
    writeFileSync(join(folder, 'app.0.log'), '')
    expect(listFolderSync(folder, () => 0)).toEqual([{ name: 'app.0.log', value: 0 }])
  })
})

suite('a description', () => {
  test('describes size, times, identity and names', () => {
    const path = join(folder, 'app.1.log')
    writeFileSync(path, 'four')
    linkSync(path, join(folder, 'app.2.log'))
    utimesSync(path, 1_000, 2_000)
    const description = describe(path)
    expect(description).toMatchObject({ bytes: 4, modifiedMs: 2_000_000, linkCount: 2 })
    expect(description?.changedMs).toBeGreaterThan(2_000_000)
    expect(description?.identity).toEqual(describe(join(folder, 'app.2.log'))?.identity)
  })

  test('is null for a missing file, a folder or a symbolic link', () => {
    writeFileSync(join(folder, 'file'), '')
    symlinkSync('file', join(folder, 'link'))
    expect(describe(join(folder, 'missing'))).toBeNull()
    expect(describe(join(folder, 'link'))).toBeNull()
    expect(describe(folder)).toBeNull()
  })

  test('is given for each listed file, except for files that vanished meanwhile', async () => {
    writeFileSync(join(folder, 'app.1.log'), '')
    writeFileSync(join(folder, 'app.2.log'), '')
    const listed = await listFolder(folder, numbered)
    unlinkSync(join(folder, 'app.1.log'))
    truncateSync(join(folder, 'app.2.log'), 10)
    expect(await describeAll(folder, listed)).toMatchObject([{ name: 'app.2.log', value: 2, bytes: 10, linkCount: 1 }])
  })
})

test('free bytes are those that may be had without root\'s reserve', async () => {
  const { bavail, bsize } = statfsSync(folder)
  const free = await freeBytes(folder)
  expect(Math.abs((free ?? 0) - bavail * bsize)).toBeLessThan(2 ** 30)
})

suite('while listings are kept', () => {
  const beforeNow = (seconds: number): Date => new Date(Date.now() - seconds * 1000)
  const listed = (): string[] => listFolderSync(folder, (name) => name).map(({ name }) => name).sort()

  beforeEach(() => { for (const name of ['app.1.log', 'app.2.log', 'web.1.log', '.app.log.rotor.stored']) writeFileSync(join(folder, name), '') })

  test('a folder is listed once for many logs, and again when it has changed', async () => {
    utimesSync(folder, beforeNow(60), beforeNow(60))
    await keepingListings(async () => {
      const before = listings.count
      for (let turn = 0; turn < 100; turn++) expect(byName(await listFolder(folder, numbered, 'app'))).toHaveLength(2)
      expect(listed()).toEqual(['.app.log.rotor.stored', 'app.1.log', 'app.2.log', 'web.1.log'])
      expect(entriesIn(folder, 'web').map(({ name }) => name)).toEqual(['.app.log.rotor.stored', 'web.1.log'])
      expect(listings.count).toBe(before + 1)
      unlinkSync(join(folder, 'app.1.log'))
      utimesSync(folder, beforeNow(50), beforeNow(50))
      expect(listed()).toEqual(['.app.log.rotor.stored', 'app.2.log', 'web.1.log'])
      expect(listings.count).toBe(before + 2)
    })
    const after = listings.count
    listed()
    listed()
    expect(listings.count).toBe(after + 2)
  })

  test('a folder that changed a moment ago is listed each time, because a change right after it may have the same time', async () => {
    await keepingListings(async () => {
      const before = listings.count
      for (const seconds of [1, 0, -1]) {
        utimesSync(folder, beforeNow(seconds), beforeNow(seconds))
        listed()
        await listFolder(folder, numbered)
      }
      expect(listings.count).toBe(before + 6)
    })
  })

  test('names that begin with a dot are given once', async () => {
    utimesSync(folder, beforeNow(60), beforeNow(60))
    await keepingListings(async () => {
      expect(await listFolder(folder, (name) => name, '.app')).toEqual([{ name: '.app.log.rotor.stored', value: '.app.log.rotor.stored' }])
    })
  })

  test('a missing folder is reported each time', async () => {
    await keepingListings(async () => {
      for (let turn = 0; turn < 2; turn++) await expect(listFolder(join(folder, 'gone'), numbered)).rejects.toThrow(expect.objectContaining({ code: 'ENOENT', message: expect.stringContaining('gone') as string }) as Error)
    })
  })
})
