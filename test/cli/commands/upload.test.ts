// `pino-rotor upload`: what it sends, that a dry run changes nothing, and how it tells of failures. The store is a plain folder, by the
// example's own module.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../../src/clock.js'
import type { UploadedEvent } from '../../../src/events.js'
import { parseOptions } from '../../../src/options/parse-options.js'
import { LogStream } from '../../../src/stream.js'
import { closed, collect } from '../../support/events.js'
import { fill, linesFrom, noTerminal, outcomeOf, pictureOf, run, startOnTerminal, temporaryFolder } from '../command-line.js'

const module = join(import.meta.dirname, '../../../examples/object-storage/folder-store.js')

let folder: string
let logs: string
let store: string
let env: NodeJS.ProcessEnv
const upload = (...args: string[]) => run(['upload', ...args], { cwd: folder, env })

beforeEach(() => {
  folder = temporaryFolder()
  logs = join(folder, 'logs')
  store = join(folder, 'store')
  env = { ARCHIVE_FOLDER: store }
  configure()
  fill(logs, {
    'app.20251001_121111.log.gz': linesFrom(0, 0, 100),
    'app.20251002_121111.log.gz': linesFrom(0, 100, 100),
    'app.log': linesFrom(0, 300, 10)
  })
})

function configure (options: object = {}): void {
  writeFileSync(join(folder, 'a.json'), JSON.stringify({ file: 'logs/app.log', upload: { module, key: '{yyyy}/{mm}/{name}' }, ...options }))
}

function stored (): string[] {
  return existsSync(store) ? readdirSync(store, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('.log')).sort() : []
}

test('sends finished files, says so, and sends nothing twice', async () => {
  const { status, stdout, stderr } = await upload('logs/app.log', '--config', 'a.json')
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout).toMatch(/^uploaded app\.20251001_121111\.log\.gz \([^)]+\) to 2025\/10\/app\.20251001_121111\.log\.gz\nuploaded app\.20251002_121111\.log\.gz [^\n]+\n$/)
  expect(stored()).toEqual(['2025/10/app.20251001_121111.log.gz', '2025/10/app.20251002_121111.log.gz'])
  expect(readFileSync(join(store, '2025/10/app.20251001_121111.log.gz'))).toEqual(readFileSync(join(logs, 'app.20251001_121111.log.gz')))
  expect(await upload('--config', 'a.json')).toEqual({ status: 0, stdout: 'nothing to upload\n', stderr: '' })
})

describe('--dry-run', () => {
  test('says the same and changes nothing, byte for byte', async () => {
    const before = pictureOf(logs)
    const foretold = await upload('--config', 'a.json', '--dry-run')
    expect(foretold).toMatchObject({ status: 0, stderr: '' })
    expect([pictureOf(logs), stored()]).toEqual([before, []])
    expect((await upload('--config', 'a.json')).stdout).toBe(foretold.stdout.replaceAll('would have ', ''))
  })

  test('foretells as JSON what the upload then does', async () => {
    const foretold = JSON.parse((await upload('--config', 'a.json', '--dry-run', '--json')).stdout) as object
    const done = JSON.parse((await upload('--config', 'a.json', '--json')).stdout) as { uploaded: object[] }
    expect(foretold).toEqual({ ...done, dryRun: true, uploaded: done.uploaded.map((event) => ({ ...event, ms: null })) })
    expect(done.uploaded).toHaveLength(2)
  })

  test('asks the store nothing, so that it works without credentials or a network', async () => {
    configure({ upload: { to: 's3://my-bucket/logs', endpoint: 'http://127.0.0.1:1', key: '{name}' } })
    const { status, stdout } = await run(['upload', '--config', 'a.json', '--dry-run'], { cwd: folder, env: { AWS_ACCESS_KEY_ID: '' } })
    expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringContaining('to s3://my-bucket/logs/app.20251001_121111.log.gz\n') as string })
  })
})

test('exits 1 and says which archive is not stored, stores the rest, and tries it again once the reason is gone', async () => {
  mkdirSync(join(store, '2025/10'), { recursive: true })
  writeFileSync(join(store, '2025/10/app.20251001_121111.log.gz'), 'something else')
  const failing = await upload('--config', 'a.json')
  expect(failing.status).toBe(1)
  expect(failing.stderr).toMatch(/^pino-rotor: app\.20251001_121111\.log\.gz is not stored: \S+ holds something else [^\n]+\n$/)
  expect(failing.stdout).toMatch(/^uploaded app\.20251002_121111\.log\.gz [^\n]+\n$/)
  expect((await upload('--config', 'a.json', '--json')).status).toBe(1)
  writeFileSync(join(store, '2025/10/app.20251001_121111.log.gz'), readFileSync(join(logs, 'app.20251001_121111.log.gz')))
  expect(await upload('--config', 'a.json')).toMatchObject({ status: 0, stdout: expect.stringContaining('uploaded app.20251001') as string })
})

test('exits 1 if the store does not answer, says what to do, and names no secret', async () => {
  configure({ upload: { to: 's3://my-bucket/logs', endpoint: 'http://127.0.0.1:1' } })
  const { status, stdout, stderr } = await run(['upload', '--config', 'a.json'], { cwd: folder, env: { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'a-secret' } })
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(stderr).toMatch(/is not stored: connect ECONNREFUSED [^\n]+\(check that the store runs and that "upload\.endpoint" is right\)\n$/)
  expect(stderr).not.toContain('a-secret')
})

test('sends plain archives too, if nothing compresses them', async () => {
  fill(logs, { 'app.20251003_121111.log': linesFrom(0, 200, 10) })
  configure({ compress: false })
  expect((await upload('--config', 'a.json', '--dry-run')).stdout).toContain('app.20251003_121111.log ')
  await upload('--config', 'a.json')
  expect(stored()).toContain('2025/10/app.20251003_121111.log')
})

test('says that archives which are not compressed yet are not sent', async () => {
  fill(logs, { 'app.20251003_121111.log': linesFrom(0, 200, 10) })
  expect((await upload('--config', 'a.json')).stderr).toMatch(/^pino-rotor: 1 archive not compressed yet, so not sent/)
})

test('status shows stored, waiting and rejected files', async () => {
  const status = async (): Promise<unknown> => (JSON.parse((await run(['status', '--config', 'a.json', '--json'], { cwd: folder })).stdout) as { upload?: unknown }).upload
  expect(await status()).toMatchObject({ stored: { files: 0 }, waiting: { files: 2 }, oldestWaiting: { name: 'app.20251001_121111.log.gz' }, refused: [] })
  mkdirSync(join(store, '2025/10'), { recursive: true })
  writeFileSync(join(store, '2025/10/app.20251001_121111.log.gz'), 'something else')
  await upload('--config', 'a.json')
  expect(await status()).toMatchObject({ stored: { files: 1 }, waiting: { files: 0, bytes: 0 }, oldestWaiting: null, refused: [{ name: 'app.20251001_121111.log.gz', code: 'ERR_ROTOR_UPLOAD_CONFLICT' }] })
  const screen = (await run(['status', '--config', 'a.json'], { cwd: folder })).stdout
  expect(screen).toMatch(/^ {2}stored: 1 file, [^\n]+\n {2}not taken by the store: app\.20251001_121111\.log\.gz\s+\(ERR_ROTOR_UPLOAD_CONFLICT\)$/m)
  expect((await run(['doctor', '--config', 'a.json'], { cwd: folder })).stdout).toMatch(/1 file set aside/)
  configure({ upload: false })
  expect(await status()).toBeUndefined()
})

test('doctor asks the store, says what to do, and names no secret', async () => {
  configure({ upload: { to: 's3://my-bucket/logs', endpoint: 'http://127.0.0.1:1' } })
  const { status, stdout, stderr } = await run(['doctor', '--config', 'a.json'], { cwd: folder, env: { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'a-secret' } })
  expect(status).toBe(1)
  expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(/✗ upload the store cannot be used: connect ECONNREFUSED [^→]+→ check that the store runs/)
  expect(stdout + stderr).not.toContain('a-secret')
})

test('works beside an application that uploads too, and nothing is sent twice', async () => {
  process.env['ARCHIVE_FOLDER'] = store
  const stream = new LogStream(parseOptions({ file: join(logs, 'app.log'), report: false, upload: { module, key: '{yyyy}/{mm}/{name}' }, limit: false }), systemClock)
  onTestFinished(() => { delete process.env['ARCHIVE_FOLDER'] })
  const uploaded = collect<UploadedEvent>(stream, 'uploaded')
  const [byCommand] = await Promise.all([upload('--config', 'a.json', '--json'), stream.upload()])
  await closed(stream)
  expect(byCommand.status).toBe(0)
  expect(stored()).toEqual(['2025/10/app.20251001_121111.log.gz', '2025/10/app.20251002_121111.log.gz'])
  expect(uploaded.length + (JSON.parse(byCommand.stdout) as { uploaded: object[] }).uploaded.length).toBe(2)
})

test.each([
  ['without the options', ['logs/app.log'], /give --config PATH/],
  ['where they name no store', ['--config', 'none.json'], /has no "upload"/],
  ['for an archive', ['logs/app.20251001_121111.log.gz', '--config', 'none.json'], /is no active file/]
])('changes nothing and exits 2 %s', async (_, args, message) => {
  writeFileSync(join(folder, 'none.json'), '{ "file": "logs/app.log" }')
  const before = pictureOf(logs)
  const { status, stdout, stderr } = await upload(...args)
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(stderr).toMatch(message)
  expect(pictureOf(logs)).toEqual(before)
})

test.skipIf(noTerminal !== null)('shows its progress to a person', async () => {
  expect((await outcomeOf(startOnTerminal(['upload', '--config', 'a.json'], { cwd: folder, env }))).stdout).toContain('100 %')
})
