// The first seed system, "Log rotation and compression", row by row, against the built package. What its command-line rows
// ask for is tested beside the commands.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseOptions } from '../../src/options/parse-options.js'
import type { CompressedEvent, FailedEvent, RecoveredEvent, RemovedEvent, RotatedEvent, RotorOptions, LogStream } from '../../src/index.js'
import { rotor } from '../support/built-package.js'
import { closed, collect, eventWhere } from '../support/events.js'
import { archivesOf, keptLines } from '../support/kept.js'
import { pass, passUntil, settleDisk, stopTimeAt } from '../support/passing-time.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { recipeWith } from './recipe.js'

const repository = join(import.meta.dirname, '../..')
const requestLine = (id: number): string => `{"level":30,"time":${1_760_000_000_000 + id * 37},"reqId":"req-${id}","req":{"method":"GET","url":"/api/v1/orders/${id * 7919 % 10_007}"},"res":{"statusCode":200},"responseTime":${id % 97},"msg":"request completed"}\n`

async function open (options: Partial<RotorOptions> = {}): Promise<{ stream: LogStream, file: string, folder: string }> {
  const folder = temporaryFolder()
  const file = join(folder, 'upstream_requests.json')
  return { stream: await rotor({ file, report: false, ...options }), file, folder }
}

test('rotate by size, checked before each write', async () => {
  const { stream, file } = await open({ size: '1k', compress: false })
  for (let id = 0; id < 40; id++) stream.write(requestLine(id))
  await closed(stream)
  expect(archivesOf(file).length).toBeGreaterThan(3)
  for (const { content } of archivesOf(file)) expect(content.length).toBeLessThanOrEqual(1024)
  expect(keptLines(file).length).toBe(40)
})

test('rotate by time, in a zone', async () => {
  stopTimeAt('2025-10-01T20:00:00Z')
  const { stream, file } = await open({ frequency: 'daily', timezone: 'Europe/Rome' })
  const rotated = collect<RotatedEvent>(stream, 'rotated')
  stream.write('{"day":1}\n')
  pass(2 * 3_600_000 - 1000)
  await settleDisk()
  expect(rotated).toEqual([])
  pass(1000)
  await settleDisk()
  expect(rotated).toMatchObject([{ file, reason: 'time' }])
  await closed(stream)
})

test('gzip of rotated files, at once or not', async () => {
  stopTimeAt('2025-10-01T12:11:11Z')
  for (const [after, waitsMs] of [['1ms', 0], ['1h', 3_590_000]] as const) {
    const { stream, file } = await open({ compress: { after } })
    stream.write('{"a":1}\n')
    await stream.rotate()
    const compressed = eventWhere<CompressedEvent>(stream, 'compressed', () => true)
    const startedMs = Date.now()
    expect((await passUntil(compressed, 10_000)).archive).toMatch(/\.json\.gz$/)
    expect(Date.now() - startedMs).toBeGreaterThanOrEqual(waitsMs)
    expect(archivesOf(file).map(({ content }) => content.toString())).toEqual(['{"a":1}\n'])
    await closed(stream)
  }
})

test('backup count 10, retention 30 days, cleanup every 24 hours are the defaults', async () => {
  stopTimeAt('2025-10-31T12:00:00Z')
  const { stream, file, folder } = await open({ compress: false })
  for (let n = 0; n < 12; n++) {
    stream.write(`{"n":${n}}\n`)
    await stream.rotate()
  }
  await passUntil(stream.sweep())
  expect(archivesOf(file).length).toBe(10)
  const removed = eventWhere<RemovedEvent>(stream, 'removed', ({ reason }) => reason === 'age')
  for (let day = 0; day < 29; day++) {
    pass(86_400_000)
    await settleDisk()
  }
  expect(archivesOf(file).length).toBe(10)
  await passUntil(removed, 600_000)
  expect(Date.now()).toBeLessThanOrEqual(Date.parse('2025-12-01T12:00:00Z'))
  await closed(stream)
  expect(readdirSync(folder)).toContain('upstream_requests.json')
})

test('enabled, 50 MB and compression on are the defaults', () => {
  expect(parseOptions({ file: join(temporaryFolder(), 'a.json') })).toMatchObject({ enabled: true, fileBytesMax: 50 * 1024 ** 2, compression: { algorithm: 'gzip', after: { delayMs: 0 } } })
})

test('enabled: false turns the whole of it off', async () => {
  const { stream, folder } = await open({ enabled: false, size: '1k' })
  for (let id = 0; id < 20; id++) stream.write(requestLine(id))
  await closed(stream)
  expect(readdirSync(folder)).toEqual(['upstream_requests.json'])
})

test('name.YYYYMMDD_HHMMSS.json, then .gz, beside a new empty file of the original name; two in one second are two', async () => {
  stopTimeAt('2025-10-01T12:11:11Z')
  const { stream, file, folder } = await open()
  for (const content of ['first', 'second']) {
    stream.write(`{"msg":"${content}"}\n`)
    await stream.rotate()
    expect(statSync(file).size).toBe(0)
  }
  const rotated = ['upstream_requests.20251001_121111.1.json', 'upstream_requests.20251001_121111.json']
  expect(readdirSync(folder).filter((name) => !name.startsWith('.')).sort()).toEqual([...rotated, 'upstream_requests.json'])
  await passUntil(stream.sweep())
  expect(readdirSync(folder).sort()).toEqual([...rotated.map((name) => `${name}.gz`), 'upstream_requests.json'])
  expect(archivesOf(file).map(({ content }) => content.toString())).toEqual(['{"msg":"first"}\n', '{"msg":"second"}\n'])
  await closed(stream)
})

test('four files: requests, responses, performance metrics, errors, as the README has them', async () => {
  const folder = temporaryFolder()
  const options = await recipeWith('error_logs.json', folder)
  expect(options).toMatchObject({ size: '100m', limit: { count: 20, age: '90d' }, sweep: '12h', report: true })
  const stream = await rotor({ ...options, report: false })
  const kinds = (options.routes ?? []).flatMap(({ match: { kind } }) => kind === undefined ? [] : [kind])
  stream.write('{"level":30,"kind":"request"}\n{"level":50,"msg":"bad"}\n' + kinds.map((kind) => `{"level":30,"kind":"${String(kind)}"}\n`).join(''))
  await closed(stream)
  for (const name of ['upstream_requests', 'upstream_responses', 'performance_metrics', 'error_logs']) expect(keptLines(join(folder, `logs/${name}.json`)).length, name).toBe(1)
})

test('only files of the rotation pattern are touched', async () => {
  stopTimeAt('2025-10-31T12:00:00Z')
  const { stream, folder } = await open({ limit: { count: 1, age: '1d' } })
  const foreign = ['upstream_requests.http.json', 'upstream_requests.20250101.json.bak', 'upstream_responses.20250101_000000.json', 'other.json', 'upstream_requests.2025010.json']
  for (const name of [...foreign, 'upstream_requests.20250101_000000.json']) writeFileSync(join(folder, name), '{}\n')
  await passUntil(stream.sweep())
  expect(readdirSync(folder).sort()).toEqual([...foreign, 'upstream_requests.json'].sort())
  await closed(stream)
})

test('background monitor: low traffic is rotated by timer, missed boundaries at start, and no empty archives are made', async () => {
  stopTimeAt('2025-10-01T12:00:00Z')
  const { stream, file } = await open({ frequency: 'hourly', compress: false })
  stream.write('{"a":1}\n')
  pass(5 * 3_600_000)
  await settleDisk()
  expect(archivesOf(file).length).toBe(1)
  stream.write('{"b":1}\n')
  await closed(stream)
  utimesSync(file, new Date('2025-10-01T17:30:00Z'), new Date('2025-10-01T17:30:00Z'))
  pass(2 * 3_600_000)
  const next = await rotor({ file, report: false, frequency: 'hourly', compress: false })
  const rotated = collect<RotatedEvent>(next, 'rotated')
  await settleDisk()
  expect(rotated).toMatchObject([{ reason: 'start' }])
  expect(archivesOf(file).map(({ content }) => content.toString())).toEqual(['{"a":1}\n', '{"b":1}\n'])
  await closed(next)
})

test('graceful degradation: keeps logging if a rotation fails, reports it, and tries again', async () => {
  const { stream, file, folder } = await open({ size: '100b', compress: false })
  mkdirSync(join(folder, '.upstream_requests.json.rotor.lock'))
  const failed = eventWhere<FailedEvent>(stream, 'failed', ({ step }) => step === 'rotate')
  const recovered = eventWhere<RecoveredEvent>(stream, 'recovered', ({ step }) => step === 'rotate')
  for (let id = 0; id < 10; id++) stream.write(requestLine(id))
  await failed
  expect(keptLines(file).length).toBe(10)
  rmSync(join(folder, '.upstream_requests.json.rotor.lock'), { recursive: true })
  const writing = setInterval(() => stream.write(requestLine(10)), 50)
  await recovered
  clearInterval(writing)
  expect(archivesOf(file).length).toBeGreaterThan(0)
  await closed(stream)
})

test('modes 0644 and 0755, and archives keep the rights of the original', async () => {
  const folder = temporaryFolder()
  const file = join(folder, 'logs/upstream_requests.json')
  const umask = process.umask(0o022)
  const stream = await rotor({ file, report: false })
  process.umask(umask)
  expect([statSync(join(folder, 'logs')).mode & 0o777, statSync(file).mode & 0o777]).toEqual([0o755, 0o644])
  chmodSync(file, 0o600)
  stream.write('{"secret":1}\n')
  await stream.rotate()
  await stream.sweep()
  const [archive = ''] = readdirSync(join(folder, 'logs')).filter((name) => name.endsWith('.gz'))
  expect([statSync(join(folder, 'logs', archive)).mode & 0o777, statSync(file).mode & 0o777]).toEqual([0o600, 0o600])
  await closed(stream)
})

test('Docker volume, settings in a file: the example runs with a folder of logs as the only place it writes', async () => {
  const folder = temporaryFolder()
  cpSync(join(repository, 'examples/container'), folder, { recursive: true })
  expect(readFileSync(join(folder, 'Dockerfile'), 'utf8')).toMatch(/^USER node$/m)
  expect(readFileSync(join(folder, 'compose.yaml'), 'utf8')).toMatch(/read_only: true[^]*logs:\/app\/logs/)
  mkdirSync(join(folder, 'node_modules'))
  for (const [name, path] of [['pino', join(repository, 'node_modules/pino')], ['pino-rotor', repository]] as const) symlinkSync(path, join(folder, 'node_modules', name))
  mkdirSync(join(folder, 'logs'))
  const before = readdirSync(folder).sort()
  const server = spawn(process.execPath, ['server.js'], { cwd: folder, env: { ...process.env, PORT: '0' }, stdio: ['ignore', 'ignore', 'pipe'] })
  const exited = once(server, 'exit')
  const log = (): string => readdirSync(join(folder, 'logs')).filter((name) => /^app\..*\.log$/.test(name)).map((name) => readFileSync(join(folder, 'logs', name), 'utf8')).join('')
  while (!log().includes('listening')) await new Promise((resolve) => { setTimeout(resolve, 20) })
  const port = /"port":(\d+)/.exec(log())?.[1] ?? ''
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('hello')
  server.kill('SIGTERM')
  expect((await exited)[0]).toBe(0)
  expect(log()).toContain('"msg":"request"')
  expect(readdirSync(folder).sort()).toEqual(before)
})

test('force rotation and manual cleanup', async () => {
  stopTimeAt('2025-10-31T12:00:00Z')
  const { stream, file, folder } = await open({ sweep: '52w', limit: { age: '7d' } })
  writeFileSync(join(folder, 'upstream_requests.20251001_000000.json'), 'old\n')
  stream.write('{"a":1}\n')
  expect(await stream.rotate()).toMatchObject({ file, bytes: 8, reason: 'request' })
  expect(await stream.rotate()).toBeNull()
  await passUntil(stream.sweep())
  expect(archivesOf(file).map(({ name }) => name)).toEqual(['upstream_requests.20251031_120000.json.gz'])
  await closed(stream)
})

test('planned: other algorithms', async () => {
  const { stream, file } = await open({ compress: 'brotli' })
  stream.write('{"a":1}\n')
  await stream.rotate()
  await stream.sweep()
  expect(archivesOf(file)).toMatchObject([{ name: expect.stringMatching(/\.br$/), content: Buffer.from('{"a":1}\n') }])
  await closed(stream)
})

test('planned: content-based triggers and triggers of your own', async () => {
  const module = join(temporaryFolder(), 'rotate-when.mjs')
  writeFileSync(module, 'export default (line) => line.includes("new")')
  for (const rotateWhen of [{ event: 'new' }, module]) {
    const { stream, file } = await open({ rotateWhen, compress: false })
    stream.write('{"event":"old"}\n{"event":"new"}\n{"event":"old"}\n')
    await closed(stream)
    expect(archivesOf(file).map(({ content }) => content.toString())).toEqual(['{"event":"old"}\n'])
    expect(existsSync(file)).toBe(true)
  }
})
