// A record of sent lines that is no sound file, and archives that a person renames: nothing is lost without a word, and no command fails.
import { mkdirSync, readFileSync, readdirSync, renameSync, rmdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.js'
import type { FailedEvent } from '../../src/events.js'
import type { RotorOptions } from '../../src/options/options.js'
import { parseOptions } from '../../src/options/parse-options.js'
import { LogStream } from '../../src/stream.js'
import { run } from '../cli/command-line.js'
import { closed, eventWhere } from '../support/events.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { startReceiver, taken, type Receiver } from './receiver.js'

let folder: string
let receiver: Receiver
let cursor: string

beforeEach(async () => {
  folder = temporaryFolder()
  receiver = await startReceiver()
  cursor = join(folder, '.app.log.rotor.sent')
})

function text (from: number, to: number, more = ''): string {
  return Array.from({ length: to - from }, (_, index) => `{"level":30,"msg":"line ${from + index}","more":"${more}"}\n`).join('')
}

function lines (from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => `line ${from + index}`)
}

function open (options: Partial<RotorOptions> = {}): LogStream {
  return new LogStream(parseOptions({ file: join(folder, 'app.log'), report: false, forward: { to: 'otlp', url: receiver.url, from: 'oldest' }, ...options }), systemClock)
}

test('waits and reports once while a folder is in the place of its record, and goes on when it is gone', async () => {
  writeFileSync(join(folder, 'app.log'), text(0, 5))
  mkdirSync(cursor)
  const stream = open({ limit: { count: 1 } })
  const failed = eventWhere<FailedEvent>(stream, 'failed', ({ step, retryMs }) => step === 'forward' && retryMs > 0)
  const recovered = eventWhere(stream, 'recovered', () => true)
  expect((await failed).code).toBe('EISDIR')
  await stream.rotate()
  await stream.sweep()
  await stream.status()
  expect((await run(['status', 'app.log', '--json'], { cwd: folder })).status).toBe(0)
  rmdirSync(cursor)
  await recovered
  await receiver.until(() => receiver.records.length >= 5)
  await closed(stream)
  expect(receiver.bodies).toEqual(lines(0, 5))
})

test('writes through no symbolic link in the place of its record', async () => {
  writeFileSync(join(folder, 'app.log'), text(0, 5))
  writeFileSync(join(folder, 'victim'), '{"version":1,"after":null,"offset":100,"head":null}\n')
  symlinkSync(join(folder, 'victim'), cursor)
  const stream = open()
  expect(await eventWhere<FailedEvent>(stream, 'failed', () => true)).toMatchObject({ code: 'ERR_ROTOR_CURSOR_MISSING' })
  await receiver.until(() => receiver.records.length >= 5)
  await closed(stream)
  expect(receiver.bodies).toEqual(lines(0, 5))
  expect(readFileSync(join(folder, 'victim'), 'utf8')).toContain('"offset":100')
})

test.each([
  ['of a later version', '{"version":2,"after":null,"offset":5,"head":null}\n'],
  ['with an offset below 0', '{"version":1,"after":null,"offset":-5,"head":null}\n'],
  ['with another kind of value', '{"version":1,"after":{"stamp":5,"n":0},"offset":0,"head":null}\n'],
  ['with a name that no archive has', '{"version":1,"after":{"stamp":"zzz","n":0},"offset":0,"head":null}\n'],
  ['with an empty name', '{"version":1,"after":{"stamp":"","n":0},"offset":0,"head":null}\n'],
  ['of zeros, as a power cut leaves', '\0'.repeat(100)],
  ['without a byte', ''],
  ['that is null', 'null\n'],
  ['of 1 MiB of rubbish', 'x'.repeat(1024 ** 2)]
])('begins where "from" says, and reports it, with a record %s', async (_, content) => {
  writeFileSync(join(folder, 'app.log'), text(0, 5))
  writeFileSync(cursor, content)
  const stream = open()
  expect(await eventWhere<FailedEvent>(stream, 'failed', () => true)).toMatchObject({ code: 'ERR_ROTOR_CURSOR_TORN' })
  await receiver.until(() => receiver.records.length >= 5)
  await closed(stream)
  expect(receiver.bodies).toEqual(lines(0, 5))
})

test.each([
  ['beyond the end of the file', { version: 1, after: null, offset: 1_000_000, head: '0'.repeat(32) }],
  ['of another file', { version: 1, after: null, offset: 20, head: '0'.repeat(32) }]
])('sends the whole file, and reports it, where its record tells a place %s', async (_, place) => {
  writeFileSync(join(folder, 'app.log'), text(0, 5))
  writeFileSync(cursor, `${JSON.stringify(place)}\n`)
  const stream = open()
  expect(await eventWhere<FailedEvent>(stream, 'failed', () => true)).toMatchObject({ code: 'ERR_ROTOR_LINES_GONE' })
  await receiver.until(() => receiver.records.length >= 5)
  await closed(stream)
  expect(receiver.bodies).toEqual(lines(0, 5))
})

test('goes on in an archive that a person gave a later name after a part of it was sent', async () => {
  const long = 'x'.repeat(10_000)
  const archive = join(folder, 'app.20251001_121111.log')
  writeFileSync(archive, text(0, 300, long))
  writeFileSync(join(folder, 'app.log'), text(300, 305))
  receiver.answering = (_, request) => request === 1 ? taken : { ...taken, isSilent: true }
  const stream = open({ compress: false })
  await receiver.until(() => receiver.requests.length >= 2)
  await closed(stream)
  renameSync(archive, join(folder, 'app.20251002_080000.log'))
  const before = receiver.bodies.length
  receiver.answering = () => taken
  const again = open({ compress: false })
  await receiver.until(() => receiver.bodies.includes('line 304'))
  await closed(again)
  expect(before).toBeGreaterThan(0)
  expect([...new Set(receiver.bodies)]).toEqual(lines(0, 305))
})

test('sends an archive that gets a name of the log by hand', async () => {
  writeFileSync(join(folder, 'elsewhere.txt'), text(0, 5))
  writeFileSync(join(folder, 'app.log'), '')
  const stream = open({ compress: false })
  renameSync(join(folder, 'elsewhere.txt'), join(folder, 'app.20251001_121111.log'))
  await receiver.until(() => receiver.records.length >= 5)
  await closed(stream)
  expect(receiver.bodies).toEqual(lines(0, 5))
  expect(readdirSync(folder)).toContain('.app.log.rotor.sent')
})

const today = new Date().toISOString().slice(0, 10).replaceAll('-', '')

test.each([
  ['on the same day', `app.${today}.5.log`, 'date'],
  ['by a clock that was ahead', 'app.20990101_000000.log', 'datetime']
] as const)('sends archives that get names before those that were given %s, and deleted by hand', async (_, name, stamp) => {
  writeFileSync(join(folder, name), text(0, 5))
  writeFileSync(join(folder, 'app.log'), text(5, 10))
  const stream = open({ compress: false, stamp })
  await receiver.until(() => receiver.bodies.includes('line 9'))
  rmSync(join(folder, name))
  stream.write(text(10, 15))
  await receiver.until(() => receiver.bodies.includes('line 14'))
  receiver.answering = () => ({ status: 503 })
  stream.write(text(15, 20))
  await stream.rotate()
  stream.write(text(20, 25))
  await stream.rotate()
  stream.write(text(25, 30))
  receiver.answering = () => taken
  await receiver.until(() => receiver.bodies.includes('line 29'))
  await closed(stream)
  expect(receiver.bodies).toEqual(lines(0, 30))
})
