// A log that uploads: its sweeps ask for it, its retention waits for it, and its end does not.
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.js'
import type { RemovedEvent, UploadedEvent } from '../../src/events.js'
import { parseOptions } from '../../src/options/parse-options.js'
import { LogStream } from '../../src/stream.js'
import { closed, collect, eventWhere } from '../support/events.js'
import { canMount, SmallDisk } from '../support/small-disk.js'
import { temporaryFolder } from '../support/temporary-folder.js'

let folder: string
let store: string
let module: string

beforeEach(() => {
  folder = temporaryFolder()
  store = temporaryFolder()
  module = join(temporaryFolder(), 'store.mjs')
  writeFileSync(module, `
import { existsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
export async function put (key, stream) {
  if (existsSync(join(${JSON.stringify(store)}, 'closed'))) throw new Error('the store is closed')
  if (existsSync(join(${JSON.stringify(store)}, 'silent'))) await new Promise(() => {})
  const chunks = []
  for await (const chunk of stream) chunks.push(chunk)
  writeFileSync(join(${JSON.stringify(store)}, key), Buffer.concat(chunks))
}
export async function head (key) {
  const path = join(${JSON.stringify(store)}, key)
  return existsSync(path) ? { bytes: statSync(path).size } : null
}
`)
})

function open (options: object = {}): LogStream {
  return new LogStream(parseOptions({ file: join(folder, 'app.log'), report: false, upload: { module, key: '{name}' }, ...options }), systemClock)
}

function archive (day: number, content = 'x'.repeat(1000)): string {
  const name = `app.202510${String(day).padStart(2, '0')}.log.gz`
  writeFileSync(join(folder, name), content)
  return name
}

test('stores the archive of a rotation by itself, once it is compressed', async () => {
  const stream = open()
  const uploaded = eventWhere<UploadedEvent>(stream, 'uploaded', () => true)
  stream.write('{"msg":"hello"}\n')
  const rotated = await stream.rotate()
  await stream.sweep()
  const { archive: path, bytes } = await uploaded
  expect(path).toBe(`${rotated?.archive ?? ''}.gz`)
  expect(bytes).toBeGreaterThan(0)
  await closed(stream)
})

test('keeps an unstored archive beyond every limit, and removes it once it is stored', async () => {
  const names = [1, 2, 3].map((day) => archive(day))
  writeFileSync(join(store, 'closed'), '')
  const options = { limit: { count: 1, age: '1d' } }
  const stream = open(options)
  await stream.sweep()
  expect(names.filter((name) => existsSync(join(folder, name)))).toEqual(names)
  await closed(stream)

  unlinkSync(join(store, 'closed'))
  const again = open(options)
  const removed = collect<RemovedEvent>(again, 'removed')
  await again.upload()
  await again.sweep()
  await closed(again)
  expect(removed.map(({ file, stored }) => [file, stored])).toEqual(names.map((name) => [join(folder, name), undefined]))
  expect(names.filter((name) => existsSync(join(store, name)))).toEqual(names)
})

test('gives up the oldest beyond "hold", and says of each that it was not stored', async () => {
  const names = [1, 2, 3, 4].map((day) => archive(day))
  writeFileSync(join(store, 'closed'), '')
  const stream = open({ limit: { count: 1, age: false }, upload: { module, key: '{name}', hold: '2000b' } })
  const removed = collect<RemovedEvent>(stream, 'removed')
  await stream.sweep()
  await closed(stream)
  expect(removed.map(({ file, stored }) => [file, stored])).toEqual(names.slice(0, 2).map((name) => [join(folder, name), false]))
})

test('ends at once while the store does not answer, and leaves the rest to the next start', async () => {
  const name = archive(1)
  writeFileSync(join(store, 'silent'), '')
  const stream = open({ limit: false })
  await stream.sweep()
  const upload = stream.upload()
  await Promise.all([closed(stream), expect(upload).rejects.toMatchObject({ code: 'ERR_ROTOR_CLOSED' })])
  expect(readdirSync(folder)).toContain(name)
})

test('refuses an upload if no option names a store', async () => {
  const stream = open({ upload: false })
  await expect(stream.upload()).rejects.toMatchObject({ code: 'ERR_ROTOR_OPTIONS' })
  await closed(stream)
})

test('gives up the oldest bundles beyond "hold", and says of each that it was not stored', async () => {
  mkdirSync(join(folder, 'archive'))
  const names = ['app.202506.log.gz', 'app.202507.log.gz', 'app.202508.log.gz']
  for (const name of names) writeFileSync(join(folder, 'archive', name), gzipSync(randomBytes(500)))
  writeFileSync(join(store, 'closed'), '')
  const stream = open({ bundle: { limit: { count: 1 } }, upload: { module, key: '{name}', hold: '600b' } })
  const removed = collect<RemovedEvent>(stream, 'removed')
  await stream.sweep()
  await closed(stream)
  expect(removed.map(({ file, stored }) => [file, stored])).toContainEqual([join(folder, 'archive', names[0] ?? ''), false])
})

test('stores archives, and removes what is stored, while a folder is in the place of its record', async () => {
  const names = [1, 2, 3].map((day) => archive(day))
  mkdirSync(join(folder, '.app.log.rotor.stored'))
  const stream = open({ limit: { count: 1, age: false } })
  await expect(stream.upload()).rejects.toMatchObject({ code: expect.stringMatching(/EISDIR|ENOTEMPTY|EEXIST/) as string })
  expect(readdirSync(store).sort()).toEqual(names)
  await stream.sweep()
  expect(names.filter((name) => existsSync(join(folder, name)))).toEqual(names.slice(2))
  await closed(stream)
})

describe.skipIf(!canMount)('a full disk', () => {
  test('that has room for neither the record nor a lock gets room from stored archives', async () => {
    const disk = new SmallDisk('size=1m')
    folder = disk.directory
    const names = [1, 2, 3].map((day) => archive(day, 'x'.repeat(8_000)))
    const stream = open({ limit: { count: 1, age: false } })
    disk.fillUp()
    await stream.upload().catch(() => {})
    expect(readdirSync(store).sort()).toEqual(names)
    await stream.sweep()
    expect(names.filter((name) => existsSync(join(folder, name)))).toEqual(names.slice(2))
    await closed(stream)
  })
})
