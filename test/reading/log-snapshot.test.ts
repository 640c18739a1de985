// What a log's files are at one instant, while an archive is compressed during the listing.
import { renameSync, unlinkSync, writeFileSync, type Dirent } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test, vi } from 'vitest'
import { listArchives } from '../../src/reading/log-snapshot.js'
import { logName } from '../../src/policy/names/archive-name.js'
import { temporaryFolder } from '../cli/command-line.js'

const listing = vi.hoisted(() => ({ count: 0, hides: (_listing: number, _name: string): boolean => false, ended: (_listing: number): void => {} }))

// Stands for a folder that is so large that it is read in parts.
vi.mock('node:fs', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs')>()
  return {
    ...original,
    opendirSync: (path: string) => {
      const number = ++listing.count
      const entries: Dirent[] = original.readdirSync(path, { withFileTypes: true }).filter(({ name }) => !listing.hides(number, name))
      return { readSync: () => entries.shift() ?? null, closeSync: () => { listing.ended(number) } }
    }
  }
})

let folder: string
const names = async (): Promise<string[]> => (await listArchives(logName(join(folder, 'app.log')))).map(({ name }) => name)

beforeEach(() => {
  folder = temporaryFolder()
  listing.count = 0
  listing.hides = () => false
  listing.ended = () => {}
  for (const name of ['app.20251001.log', 'app.20251002.log']) writeFileSync(join(folder, name), 'x\n')
})

function compress (): void {
  renameSync(join(folder, 'app.20251001.log'), join(folder, 'app.20251001.log.gz'))
}

test.each([1, 2])('has an archive that listing %i misses because its new name comes too late and its old one is gone', async (missing) => {
  compress()
  listing.hides = (number, name) => number === missing && name.startsWith('app.20251001')
  expect(await names()).toEqual(['app.20251001.log.gz', 'app.20251002.log'])
})

test('has an archive that is compressed after it was listed', async () => {
  listing.ended = (number) => { if (number === 2) compress() }
  expect(await names()).toEqual(['app.20251001.log.gz', 'app.20251002.log'])
})

test('leaves out an archive that is removed after it was listed', async () => {
  listing.ended = (number) => { if (number === 2) unlinkSync(join(folder, 'app.20251001.log')) }
  expect(await names()).toEqual(['app.20251002.log'])
})
