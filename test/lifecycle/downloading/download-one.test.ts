// One download: what gets the final name is the file whose bytes were proven, and no other.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { downloadFile } from '../../../src/lifecycle/downloading/download-one.js'
import type { ReadableStore, StoredObject } from '../../../src/remote/store.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

const never = new AbortController().signal
const content = Buffer.from('a line\nanother line\n')
const sha256 = createHash('sha256').update(content).digest('hex')

/** A store with one object. `atEnd` runs once all its bytes were taken. */
function storeOf (stored: StoredObject, atEnd = (): void => {}): ReadableStore {
  async function * bytes (): AsyncGenerator<Buffer> {
    yield content
    await Promise.resolve()
    atEnd()
  }
  return {
    urlOf: (key) => `s3://b/${key}`,
    head: async () => await Promise.resolve(stored),
    put: async () => await Promise.reject(new Error('nothing is put')),
    list: async function * () { yield await Promise.resolve({ key: 'k', sizeBytes: content.length }) },
    get: async () => await Promise.resolve({ stored, body: Readable.from(bytes()) })
  }
}

function target (folder: string) {
  return { key: 'k', path: join(folder, 'app.20251001.log'), hidden: '.hidden', endedMs: 1e12, mode: 0o644, active: null }
}

test('gives the proven file its name, and leaves nothing else', async () => {
  const folder = temporaryFolder()
  expect(await downloadFile(storeOf({ sizeBytes: content.length, sha256 }), target(folder), () => {}, never)).toBe(content.length)
  expect(readFileSync(target(folder).path)).toEqual(content)
  expect(readdirSync(folder)).toEqual(['app.20251001.log'])
})

test('needs no length in the answer, because the SHA-256 proves the bytes', async () => {
  const folder = temporaryFolder()
  await downloadFile(storeOf({ sizeBytes: null, sha256 }), target(folder), () => {}, never)
  expect(readFileSync(target(folder).path)).toEqual(content)
})

test.each<[string, StoredObject]>([
  ['another length', { sizeBytes: content.length + 1, sha256 }],
  ['another SHA-256', { sizeBytes: content.length, sha256: '0'.repeat(64) }],
  ['another SHA-256 and no length', { sizeBytes: null, sha256: '0'.repeat(64) }],
  ['no SHA-256', { sizeBytes: content.length, sha256: null }]
])('gives no name to bytes of an object with %s', async (_, stored) => {
  const folder = temporaryFolder()
  await expect(downloadFile(storeOf(stored), target(folder), () => {}, never)).rejects.toMatchObject({ code: 'ERR_ROTOR_DOWNLOAD_UNPROVEN' })
  expect(readdirSync(folder)).toEqual([])
})

test.each(['removed and begun anew', 'replaced'])('gives no name to the unfinished file of another process, for which the hidden one was %s', async (change) => {
  const folder = temporaryFolder()
  const hidden = join(folder, '.hidden')
  const interfere = (): void => {
    if (change === 'replaced') {
      writeFileSync(join(folder, 'theirs'), 'a li')
      renameSync(join(folder, 'theirs'), hidden)
    } else {
      rmSync(hidden)
      writeFileSync(hidden, 'a li', { flag: 'wx' })
    }
  }
  await expect(downloadFile(storeOf({ sizeBytes: content.length, sha256 }, interfere), target(folder), () => {}, never)).rejects.toMatchObject({ code: 'ERR_ROTOR_DOWNLOAD_UNPROVEN' })
  expect(existsSync(target(folder).path)).toBe(false)
})

test('keeps a file that has the name already', async () => {
  const folder = temporaryFolder()
  writeFileSync(target(folder).path, 'kept')
  await expect(downloadFile(storeOf({ sizeBytes: content.length, sha256 }), target(folder), () => {}, never)).rejects.toMatchObject({ code: 'EEXIST' })
  expect(readFileSync(target(folder).path, 'utf8')).toBe('kept')
})
