// The option `bundle`: what it is read as, and every way in which it could never work.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { RotorOptionsError } from '../../../src/errors.js'
import { parseOptions } from '../../../src/options/parse-options.js'
import { actAs } from '../../support/platform.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

function faults (options: object): Array<[string, string]> {
  try {
    parseOptions({ file: join(temporaryFolder(), 'app.log'), ...options })
    return []
  } catch (error) {
    if (!(error instanceof RotorOptionsError)) throw error
    return error.faults.map(({ path, expected }) => [path, expected])
  }
}

const unlimited = { count: Infinity, ageMs: Infinity, totalBytes: Infinity, freeBytesMin: 0 }

test('bundles months into the folder archive and keeps them for ever by default', () => {
  const folder = temporaryFolder()
  expect(parseOptions({ file: join(folder, 'app.log'), bundle: {}, timezone: 'Europe/Rome' }).bundle).toEqual({
    period: 'month', schedule: { kind: 'cron', expression: '0 0 1 * *', timezone: 'Europe/Rome' }, directory: join(folder, 'archive'), limits: unlimited
  })
  expect(parseOptions({ file: join(folder, 'app.log') }).bundle).toBeNull()
})

test('takes a word for its period, and a cron expression for when months are joined', () => {
  const read = (frequency: string) => {
    const { period, schedule } = parseOptions({ file: join(temporaryFolder(), 'app.log'), bundle: { frequency } }).bundle ?? {}
    return [period, schedule?.kind === 'cron' && schedule.expression]
  }
  expect(read('weekly')).toEqual(['week', '0 0 * * 1'])
  expect(read('daily')).toEqual(['day', '0 0 * * *'])
  expect(read('0 3 1 * *')).toEqual(['month', '0 3 1 * *'])
})

test('has its own limits, and each that is not named is lifted', () => {
  expect(parseOptions({ file: join(temporaryFolder(), 'app.log'), bundle: { limit: { count: 12 } } }).bundle?.limits).toEqual({ ...unlimited, count: 12 })
})

test.each([
  ['hourly', /"monthly", "weekly", "daily" or a cron/],
  ['15m', /"monthly", "weekly", "daily" or a cron/],
  ['montly', /nearest: "monthly"/],
  ['0 3 1 13 *', /can be read/],
  ['0 3 31 2 *', /comes true/],
  [7, /"monthly"/]
])('refuses the frequency %j', (frequency, expected) => {
  expect(faults({ bundle: { frequency } })).toEqual([['bundle.frequency', expect.stringMatching(expected)]])
})

test.each(['..', '../elsewhere', 'archive/../..', '.', '', ' ', '/elsewhere', 'a\0b', 7])('refuses the directory %j, which is not below the folder of the log', (directory) => {
  expect(faults({ bundle: { directory } })).toEqual([['bundle.directory', expect.stringContaining('below that of "file"')]])
})

test('refuses a directory that is a file, lies behind one, or is missing while mkdir is false', () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'taken'), '')
  mkdirSync(join(folder, 'there'))
  const file = join(folder, 'app.log')
  expect(faults({ file, bundle: { directory: 'taken' } })).toEqual([['bundle.directory', `a path in a folder (${join(folder, 'taken')} is not a folder)`]])
  expect(faults({ file, bundle: { directory: 'taken/deeper' } })).toEqual([['bundle.directory', expect.stringContaining('is not a folder')]])
  expect(faults({ file, bundle: {}, mkdir: false })).toEqual([['bundle.directory', expect.stringContaining('"mkdir" is false')]])
  expect(faults({ file, bundle: { directory: 'there' }, mkdir: false })).toEqual([])
})

test.each(['archive', 'archive/deeper'])('refuses the directory %s if a link is on the way to it', (directory) => {
  const folder = temporaryFolder()
  symlinkSync(temporaryFolder(), join(folder, 'archive'))
  expect(faults({ file: join(folder, 'app.log'), bundle: { directory } })).toEqual([['bundle.directory', `a folder, not a symbolic link (${join(folder, 'archive')} is one)`]])
})

test.each([
  ['weekly', 'daily', true], ['monthly', 'weekly', true], ['30h', 'daily', true], ['40d', 'monthly', true], ['0 0 1 */2 *', 'monthly', true],
  ['daily', 'daily', false], ['0 2 * * *', 'daily', false], ['weekly', 'monthly', false], ['monthly', '0 3 1 * *', false], ['hourly', 'daily', false]
])('with archives of %s and bundles of %s, refuses an archive that would hold several periods: %j', (frequency, bundles, isRefused) => {
  expect(faults({ frequency, bundle: { frequency: bundles } }).map(([path]) => path)).toEqual(isRefused ? ['bundle.frequency'] : [])
})

test('lists every fault at once, beside those of other options', () => {
  expect(faults({ size: 0, bundle: { frequency: 'yearly', directory: 7, limit: { count: 0 }, keep: 3 } }).map(([path]) => path).sort())
    .toEqual(['bundle.directory', 'bundle.frequency', 'bundle.keep', 'bundle.limit.count', 'size'])
  expect(faults({ frequency: 'monthly', bundle: { frequency: 'daily', directory: '..' } }).map(([path]) => path)).toEqual(['bundle.directory', 'bundle.frequency'])
  expect(faults({ bundle: true })).toEqual([['bundle', expect.stringContaining('or false for none')]])
})

test.each(['NUL', 'kept/con', 'a:b', 'kept.', 'kept /all'])('refuses the directory %j on Windows, where it is no name of a folder, and takes it elsewhere', (directory) => {
  expect(faults({ bundle: { directory } })).toEqual([])
  actAs('win32')
  expect(faults({ bundle: { directory } }).map(([path]) => path)).toEqual(['bundle.directory'])
})
