// The uploader with a store of the user's own, a plain folder: what is sent, in which order, and what becomes of failures.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../../src/clock.js'
import { Lock } from '../../../src/disk/lock/lock.js'
import { Uploader } from '../../../src/lifecycle/uploading/uploader.js'
import { readUploadRecord } from '../../../src/lifecycle/uploading/upload-record-file.js'
import { StepHealth } from '../../../src/lifecycle/step-health.js'
import { parseOptions } from '../../../src/options/parse-options.js'
import { logOf } from '../../../src/policy/names/archive-name.js'
import { hiddenName } from '../../../src/policy/names/hidden-name.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

let folder: string
let store: string
let module: string

// The store keeps objects in a folder, and fails as the file `trouble` in it says.
const source = `
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { dirname, join } from 'node:path'
const root = STORE
const trouble = () => existsSync(join(root, 'trouble')) ? readFileSync(join(root, 'trouble'), 'utf8') : ''
export async function put (key, stream, facts) {
  if (trouble() === 'refuses') throw Object.assign(new Error('the store is closed'), { code: 'EHOSTDOWN' })
  if (trouble().startsWith('throws ')) throw (0, eval)(trouble().slice(7))
  if (trouble() === 'hangs') await new Promise(() => {})
  const chunks = []
  for await (const chunk of stream) chunks.push(chunk)
  mkdirSync(dirname(join(root, key)), { recursive: true })
  if (trouble() === 'forgets') return
  if (trouble().startsWith('meanwhile ')) {
    const [, change, path] = trouble().split(' ')
    if (change === 'grown') writeFileSync(path, 'more', { flag: 'a' })
    if (change !== 'grown') rmSync(path, { force: true })
    if (change === 'replaced') writeFileSync(path, 'other')
  }
  writeFileSync(join(root, key), Buffer.concat(chunks), { flag: 'wx' })
  writeFileSync(join(root, 'order'), key + '\\n', { flag: 'a' })
}
export async function head (key) {
  const path = join(root, key)
  if (!existsSync(path)) return null
  if (trouble() === 'lies') return { bytes: NaN }
  return { bytes: statSync(path).size, sha256: createHash('sha256').update(readFileSync(path)).digest('hex') }
}
`

beforeEach(() => {
  folder = temporaryFolder()
  store = temporaryFolder()
  module = join(temporaryFolder(), 'store.mjs')
  writeFileSync(module, source.replace('STORE', JSON.stringify(store)))
})

interface Told { readonly name: string, readonly details: Record<string, unknown> }

function open (options: object = {}): { uploader: Uploader, told: Told[], next: (name: string) => Promise<Record<string, unknown>> } {
  const settings = parseOptions({ file: join(folder, 'app.log'), upload: { module, key: '{yyyy}/{name}' }, ...options })
  const told: Told[] = []
  const waiting = new Map<string, (details: Record<string, unknown>) => void>()
  const emit = (name: string, details: unknown): void => {
    told.push({ name, details: details as Record<string, unknown> })
    waiting.get(name)?.(details as Record<string, unknown>)
  }
  if (settings.upload === null) throw new Error('no upload')
  const uploader = new Uploader({ settings, uploading: settings.upload, log: logOf(settings), clock: systemClock, emit, health: new StepHealth(emit, systemClock.monotonic), memory: { unsaved: null } })
  onTestFinished(async () => { await uploader.close() })
  return { uploader, told, next: async (name) => await new Promise((resolve) => { waiting.set(name, resolve) }) }
}

function archive (name: string, content: string): void {
  writeFileSync(join(folder, name), content)
}

function stored (): string[] {
  return existsSync(join(store, 'order')) ? readFileSync(join(store, 'order'), 'utf8').trimEnd().split('\n') : []
}

test('stores archives from before the option was set, oldest first, with an event for each', async () => {
  archive('app.20251002.log.gz', 'second')
  archive('app.20251001.log.gz', 'first')
  archive('app.log', 'active')
  archive('other.20251001.log.gz', 'foreign')
  const { uploader, told } = open()
  await uploader.upload()
  expect(stored()).toEqual(['2025/app.20251001.log.gz', '2025/app.20251002.log.gz'])
  expect(told.map(({ name, details }) => [name, details['archive'], details['bytes'], details['url']])).toEqual([
    ['uploaded', join(folder, 'app.20251001.log.gz'), 5, '2025/app.20251001.log.gz'],
    ['uploaded', join(folder, 'app.20251002.log.gz'), 6, '2025/app.20251002.log.gz']
  ])
})

test('sends nothing twice, also if the record is lost or torn', async () => {
  archive('app.20251001.log.gz', 'first')
  await open().uploader.upload()
  const record = join(folder, hiddenName(logOf(parseOptions({ file: join(folder, 'app.log') })), 'stored'))
  for (const lose of [() => {}, () => { rmSync(record) }, () => { writeFileSync(record, readFileSync(record, 'utf8').slice(0, 20)) }]) {
    lose()
    await open().uploader.upload()
  }
  expect(stored()).toHaveLength(1)
})

test('leaves nothing but the record behind', async () => {
  archive('app.20251001.log.gz', 'first')
  await open().uploader.upload()
  expect(readdirSync(folder)).toHaveLength(2)
})

test('sets a file aside if its key has another content, reports that once, and stores the rest', async () => {
  archive('app.20251001.log.gz', 'first')
  archive('app.20251002.log.gz', 'second')
  mkdirSync(join(store, '2025'), { recursive: true })
  writeFileSync(join(store, '2025/app.20251001.log.gz'), 'something else')
  const { uploader, told } = open()
  await uploader.upload()
  await uploader.upload()
  expect(told.map(({ name, details }) => [name, details['code']])).toEqual([['failed', 'ERR_ROTOR_UPLOAD_CONFLICT'], ['uploaded', undefined]])
  expect(readFileSync(join(store, '2025/app.20251001.log.gz'), 'utf8')).toBe('something else')
  expect(readUploadRecord(logOf(parseOptions({ file: join(folder, 'app.log') }))).refused.has('app.20251001.log.gz')).toBe(true)
})

test('reports a failure once, tries again by itself, and reports when it works again', async () => {
  archive('app.20251001.log.gz', 'first')
  writeFileSync(join(store, 'trouble'), 'refuses')
  const { uploader, told, next } = open()
  const recovered = next('recovered')
  await expect(uploader.upload()).rejects.toThrow('the store is closed')
  rmSync(join(store, 'trouble'))
  await recovered
  expect(told.map(({ name }) => name)).toEqual(['failed', 'uploaded', 'recovered'])
  expect(told[0]?.details).toMatchObject({ step: 'upload', code: 'EHOSTDOWN', path: join(folder, 'app.20251001.log.gz'), retryMs: 1000 })
})

test.each([
  ["Object.assign(new Error('no such folder'), { code: 'ENOENT' })", { code: 'ENOENT', message: 'no such folder' }],
  ['undefined', { code: 'UNKNOWN', message: 'undefined' }],
  ['null', { code: 'UNKNOWN', message: 'null' }],
  ["'text'", { code: 'UNKNOWN', message: 'text' }],
  ["Object.freeze(new Error('frozen'))", { code: 'UNKNOWN', message: 'frozen' }],
  ['{ get message () { throw 1 } }', { code: 'UNKNOWN' }]
])('fails, keeps the archive waiting and says why where a store throws %s', async (thrown, expected) => {
  archive('app.20251001.log.gz', 'first')
  writeFileSync(join(store, 'trouble'), `throws (${thrown})`)
  const { uploader, told } = open()
  await expect(uploader.upload()).rejects.toMatchObject({ ...expected, path: join(folder, 'app.20251001.log.gz') })
  expect(told).toMatchObject([{ name: 'failed', details: { code: expected.code } }])
})

test('sets no file aside by a length that is no number', async () => {
  archive('app.20251001.log.gz', 'first')
  mkdirSync(join(store, '2025'))
  writeFileSync(join(store, '2025/app.20251001.log.gz'), 'first')
  writeFileSync(join(store, 'trouble'), 'lies')
  await expect(open().uploader.upload()).rejects.toMatchObject({ code: 'ERR_ROTOR_STORE_MODULE' })
})

test('counts no file as stored that the store does not have afterwards', async () => {
  archive('app.20251001.log.gz', 'first')
  writeFileSync(join(store, 'trouble'), 'forgets')
  await expect(open().uploader.upload()).rejects.toMatchObject({ code: 'ERR_ROTOR_STORE_MODULE' })
})

test('closes at once while a store does not answer', async () => {
  archive('app.20251001.log.gz', 'first')
  writeFileSync(join(store, 'trouble'), 'hangs')
  const { uploader } = open()
  const upload = uploader.upload()
  await Promise.all([uploader.close(), expect(upload).rejects.toMatchObject({ code: 'ERR_ROTOR_CLOSED' })])
})

test('continues if an archive is removed before its turn', async () => {
  archive('app.20251001.log.gz', 'first')
  archive('app.20251002.log.gz', 'second')
  archive('app.20251003.log.gz', 'third')
  writeFileSync(join(store, 'trouble'), `meanwhile removed ${join(folder, 'app.20251002.log.gz')}`)
  const { uploader, told } = open()
  await uploader.upload()
  expect(told.filter(({ name }) => name === 'failed')).toEqual([])
  expect(stored()).toEqual(['2025/app.20251001.log.gz', '2025/app.20251003.log.gz'])
})

test('stores bundles, and no single archives, if there are bundles', async () => {
  archive('app.20251001.log.gz', 'first')
  mkdirSync(join(folder, 'archive'))
  archive('archive/app.202509.log.gz', 'september')
  await open({ bundle: {} }).uploader.upload()
  expect(stored()).toEqual(['2025/app.202509.log.gz'])
})

test('sets a bundle aside that grew after it was stored, says so, and overwrites nothing', async () => {
  mkdirSync(join(folder, 'archive'))
  archive('archive/app.202509.log.gz', 'september')
  const { uploader, told } = open({ bundle: {} })
  await uploader.upload()
  archive('archive/app.202509.log.gz', 'september and a late archive')
  await uploader.upload()
  expect(told.map(({ name, details }) => [name, details['code']])).toEqual([['uploaded', undefined], ['failed', 'ERR_ROTOR_UPLOAD_CONFLICT']])
  expect(readFileSync(join(store, '2025/app.202509.log.gz'), 'utf8')).toBe('september')
})

test('sends nothing while another process uploads, and everything afterwards', async () => {
  archive('app.20251001.log.gz', 'first')
  const lock = new Lock(join(folder, hiddenName(logOf(parseOptions({ file: join(folder, 'app.log') })), 'upload')), systemClock.monotonic)
  expect(lock.tryAcquire()).toBe(true)
  const { uploader, told } = open()
  const upload = uploader.upload()
  // Another log is uploaded meanwhile, so that this one would have had the time.
  const other = temporaryFolder()
  writeFileSync(join(other, 'app.20251002.log.gz'), 'second')
  await open({ file: join(other, 'app.log') }).uploader.upload()
  expect(stored()).toEqual(['2025/app.20251002.log.gz'])
  lock.release()
  await Promise.all([upload, uploader.upload()])
  expect(stored()).toEqual(['2025/app.20251002.log.gz', '2025/app.20251001.log.gz'])
  expect(told.map(({ name }) => name)).toEqual(['uploaded'])
})

test('stores an empty archive', async () => {
  archive('app.20251001.log.gz', '')
  await open().uploader.upload()
  expect(stored()).toEqual(['2025/app.20251001.log.gz'])
})

test.each(['removed', 'grown', 'replaced'])('stores the whole of an archive that is %s during its upload, and takes no other content for it', async (change) => {
  const path = join(folder, 'app.20251001.log.gz')
  archive('app.20251001.log.gz', 'first')
  writeFileSync(join(store, 'trouble'), `meanwhile ${change} ${path}`)
  const { uploader, told } = open()
  await uploader.upload()
  rmSync(join(store, 'trouble'))
  await uploader.upload()
  expect(readFileSync(join(store, '2025/app.20251001.log.gz'), 'utf8')).toBe('first')
  expect(told.map(({ name, details }) => [name, details['code']])).toEqual([['uploaded', undefined], ...change === 'removed' ? [] : [['failed', 'ERR_ROTOR_UPLOAD_CONFLICT']]])
  expect(readUploadRecord(logOf(parseOptions({ file: join(folder, 'app.log') }))).stored.size).toBe(0)
})

test('remembers in its record why the store did not take a file, until it does', async () => {
  archive('app.20251001.log.gz', 'first')
  writeFileSync(join(store, 'trouble'), 'refuses')
  const record = () => readUploadRecord(logOf(parseOptions({ file: join(folder, 'app.log') })))
  await expect(open().uploader.upload()).rejects.toThrow('the store is closed')
  expect(record().failure).toMatchObject({ name: 'app.20251001.log.gz', code: 'EHOSTDOWN', message: 'the store is closed' })
  rmSync(join(store, 'trouble'))
  await open().uploader.upload()
  expect(record()).toMatchObject({ failure: null, stored: expect.any(Map) as Map<string, unknown> })
})
