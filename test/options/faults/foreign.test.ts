import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { RotorOptionsError } from '../../../src/errors.js'
import { suggestionFor } from '../../../src/options/faults/foreign.js'
import { parseOptions } from '../../../src/options/parse-options.js'

const folder = join(tmpdir(), 'pino-rotor-foreign')
const file = join(folder, 'app.log')

const foreign: Array<[string, object, { file: string, [key: string]: unknown }]> = [
  ['pino-roll: a size in MB', { file, size: 10 }, { file, size: '10m' }],
  ['pino-roll: a size in MB as text', { file, size: '10', mkdir: true }, { file, mkdir: true, size: '10m' }],
  ['pino-roll: a period in milliseconds', { file, frequency: 3_600_000 }, { file, frequency: '1h' }],
  ['pino-roll: a name without extension', { file: join(folder, 'app'), frequency: 'daily', extension: '.json' }, { file: join(folder, 'app.json'), frequency: 'daily', timezone: 'local' }],
  ['pino-roll: everything', { file, size: '10m', frequency: 'daily', dateFormat: 'yyyy-MM-dd', symlink: true, limit: { count: 5, removeOtherLogFiles: true } },
    { file, symlink: true, size: '10m', frequency: 'daily', timezone: 'local', limit: { count: 5 }, stamp: 'date' }],
  ['pino-roll: an hour in the date', { file, frequency: 'hourly', dateFormat: 'yyyy-MM-dd-hh' }, { file, frequency: 'hourly', timezone: 'local' }],
  ['rotating-file-stream', { path: folder, file, size: '10M', interval: '1d', maxFiles: 7, maxSize: '1G', compress: 'gzip' },
    { file, size: '10m', frequency: 'daily', timezone: 'local', compress: 'gzip', limit: { count: 7, totalSize: '1g' } }],
  ['winston-daily-rotate-file', { dirname: folder, filename: 'app-%DATE%.log', datePattern: 'YYYY-MM-DD', zippedArchive: true, maxSize: '20m', maxFiles: '14d' },
    { file, size: '20m', frequency: 'daily', timezone: 'local', compress: 'gzip', limit: { count: false, age: '14d' } }],
  ['winston-daily-rotate-file in UTC, in bytes', { filename: file, datePattern: 'YYYYMMDDHH', utc: true, maxSize: 1_000_000, maxFiles: 3, createSymlink: true },
    { file, size: '1000000b', frequency: 'hourly', limit: { count: 3 }, symlink: true }]
]

describe('options of another library', () => {
  test.each(foreign)('are shown in our words: %s', (_, given, expected) => {
    const suggestion = suggestionFor(given)
    expect(runInNewContext(`JSON.stringify(${suggestion ?? 'null'})`)).toBe(JSON.stringify(expected))
    expect(() => parseOptions(given)).toThrow(expect.objectContaining({ suggestion, message: expect.stringContaining(suggestion ?? '') as string }))
  })

  test.each(foreign)('are shown in words that pass: %s', (_, given, { file }: { file: string }) => {
    expect(parseOptions(runInNewContext(`(${suggestionFor(given) ?? 'null'})`)).file).toBe(file)
  })

  test.each([['a slip of our own', { file, sice: '10m' }], ['no object', 'logs/app.log'], ['a missing file', {}]])('are not seen in %s', (_, given) => {
    const error = catchError(() => parseOptions(given))
    expect(error.suggestion).toBeNull()
    expect(error.message).not.toContain('another library')
  })
})

function catchError (action: () => unknown): RotorOptionsError {
  try {
    action()
  } catch (error) {
    if (error instanceof RotorOptionsError) return error
  }
  throw new Error('expected a RotorOptionsError')
}
