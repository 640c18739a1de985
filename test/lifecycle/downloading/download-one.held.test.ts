// On Windows, another program holds a new file for a moment. A download waits for it to let go.
import { createHash } from 'node:crypto'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { beforeEach, expect, test, vi } from 'vitest'
import { downloadFile } from '../../../src/lifecycle/downloading/download-one.js'
import type { ReadableStore } from '../../../src/remote/store.js'
import { actAs } from '../../support/platform.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

const others = vi.hoisted(() => ({ refusals: new Map<string, number>(), afterLink: (): void => {} }))

vi.mock('node:fs', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs')>()
  const refuse = (call: string): void => {
    const left = others.refusals.get(call) ?? 0
    others.refusals.set(call, left - 1)
    if (left > 0) throw Object.assign(new Error(`EBUSY: ${call}`), { code: 'EBUSY' })
  }
  return {
    ...original,
    linkSync: (from: string, to: string) => {
      refuse('link')
      original.linkSync(from, to)
      others.afterLink()
    },
    unlinkSync: (path: string) => {
      refuse('unlink')
      original.unlinkSync(path)
    }
  }
})

const content = Buffer.from('a line\nanother line\n')
const stored = { sizeBytes: content.length, sha256: createHash('sha256').update(content).digest('hex') }
const store: ReadableStore = {
  urlOf: (key) => `s3://b/${key}`,
  head: async () => await Promise.resolve(stored),
  put: async () => await Promise.reject(new Error('nothing is put')),
  list: async function * () { yield await Promise.resolve({ key: 'k', sizeBytes: content.length }) },
  get: async () => await Promise.resolve({ stored, body: Readable.from([content]) })
}

let folder: string

beforeEach(() => {
  folder = temporaryFolder()
  others.refusals = new Map()
  others.afterLink = () => {}
  actAs('win32')
})

async function download (): Promise<number> {
  const target = { key: 'k', path: join(folder, 'app.20251001.log'), hidden: '.hidden', endedMs: 1e12, mode: 0o644, active: null }
  return await downloadFile(store, target, () => {}, new AbortController().signal)
}

test('that would get its name', async () => {
  others.refusals.set('link', 2)
  expect(await download()).toBe(content.length)
  expect(readFileSync(join(folder, 'app.20251001.log'))).toEqual(content)
  expect(readdirSync(folder)).toEqual(['app.20251001.log'])
})

test('that loses its hidden name', async () => {
  others.afterLink = () => { others.refusals.set('unlink', 2) }
  expect(await download()).toBe(content.length)
  expect(readdirSync(folder)).toEqual(['app.20251001.log'])
})

test('that an earlier download has left', async () => {
  writeFileSync(join(folder, '.hidden'), 'a li')
  others.refusals.set('unlink', 2)
  expect(await download()).toBe(content.length)
  expect(readdirSync(folder)).toEqual(['app.20251001.log'])
})
