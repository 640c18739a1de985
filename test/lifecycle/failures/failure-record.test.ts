// The record of what fails, as another process finds it.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { currentOwner, formatOwner } from '../../../src/disk/lock/owner.js'
import { FailureRecord, readFailure } from '../../../src/lifecycle/failures/failure-record.js'
import { LogFolder } from '../../../src/lifecycle/log-folder.js'
import { parseOptions } from '../../../src/options/parse-options.js'
import { logOf } from '../../../src/policy/names/archive-name.js'

const dayMs = 24 * 60 * 60 * 1000
const failure = { step: 'rotate', code: 'EXDEV', message: 'EXDEV: cross-device link not permitted, rename é', path: '/logs/app.log', sinceMs: 1_760_000_000_000 }

let folder: string

beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'rotor-failure-')) })
afterEach(() => { rmSync(folder, { recursive: true }) })

function settings (name = 'app.log') {
  return parseOptions({ file: join(folder, name) })
}

function only (): string {
  const [name = '', ...others] = readdirSync(folder)
  expect(others).toEqual([])
  return join(folder, name)
}

async function contents (nowMs = Date.now()) {
  return await new LogFolder(settings(), logOf(settings()), { now: () => nowMs, monotonic: () => 0 }).read()
}

test('says the last failure and its process, and is gone once it is removed', () => {
  const record = new FailureRecord(settings())
  record.write({ ...failure, step: 'compress' })
  record.write(failure)
  expect(readFailure(only())).toEqual({ pid: process.pid, liveness: 'alive', failure })
  record.remove()
  record.remove()
  expect(readdirSync(folder)).toEqual([])
})

test('has a hidden name of fixed length, its own for each log of a process', () => {
  const long = `${'ü'.repeat(100)}.log`
  for (const name of ['app.log', 'app.log', long]) new FailureRecord(settings(name)).write(failure)
  const names = readdirSync(folder)
  expect(new Set(names).size).toBe(3)
  expect(names.filter((name) => /^\.app\.log\.rotor\.failed\.[0-9a-f]{10}$/.test(name))).toHaveLength(2)
  expect(Math.max(...names.map((name) => Buffer.byteLength(name)))).toBeLessThanOrEqual(143)
})

test('stays below 4 KiB whatever failed', () => {
  new FailureRecord(settings()).write({ ...failure, message: '語'.repeat(10_000), path: '語'.repeat(4_000) })
  expect(statSync(only()).size).toBeLessThanOrEqual(4_096)
  expect(readFailure(only()).failure).toMatchObject({ step: 'rotate', message: expect.stringMatching(/^語{800}$/) as string })
})

test('is left out without a word where the disk refuses it', () => {
  const record = new FailureRecord(parseOptions({ file: join(folder, 'missing', 'app.log') }))
  record.write(failure)
  record.remove()
  expect(readdirSync(folder)).toEqual([])
})

test('counts as no leftover while its process lives', async () => {
  new FailureRecord(settings()).write(failure)
  expect(await contents()).toMatchObject({ leftovers: [], failures: [{ ...failure, pid: process.pid, isAlive: true }] })
})

test('is a leftover once its process is gone', async () => {
  const record = join(folder, '.app.log.rotor.failed.0123456789')
  writeFileSync(record, `${formatOwner({ ...currentOwner(), pid: 4_194_303 })}\n${JSON.stringify(failure)}\n`)
  expect(await contents()).toMatchObject({ leftovers: [record], failures: [] })
})

test('of a process that cannot be asked is shown for a day', async () => {
  const record = join(folder, '.app.log.rotor.failed.0123456789')
  writeFileSync(record, `${formatOwner({ ...currentOwner(), host: 'elsewhere', pid: 7 })}\n${JSON.stringify(failure)}\n`)
  expect(await contents()).toMatchObject({ leftovers: [], failures: [{ pid: 7, isAlive: false }] })
  expect(await contents(Date.now() + dayMs + 60_000)).toMatchObject({ leftovers: [record], failures: [] })
})

test.each([
  ['empty', ''],
  ['rubbish', 'rubbish\n{"step":1}\n'],
  ['another shape', `${formatOwner(currentOwner())}\n${JSON.stringify({ ...failure, sinceMs: 1e300 })}\n`],
  ['no object', `${formatOwner(currentOwner())}\nnull\n`]
])('with %s says nothing, and fails nothing', async (_, text) => {
  writeFileSync(join(folder, '.app.log.rotor.failed.0123456789'), text)
  expect(await contents()).toMatchObject({ leftovers: [], failures: [] })
})

test('a folder of its name, or a large file, is passed over', async () => {
  mkdirSync(join(folder, '.app.log.rotor.failed.aaaaaaaaaa'))
  const large = join(folder, '.app.log.rotor.failed.bbbbbbbbbb')
  writeFileSync(large, 'x'.repeat(100_000))
  expect(await contents()).toMatchObject({ leftovers: [], failures: [] })
})
