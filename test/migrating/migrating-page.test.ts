// docs/migrating.md says that an error names the option to write for each key of another library.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { RotorOptionsError } from '../../src/errors.js'
import { defaultOptions } from '../../src/options/defaults.js'
import { parseOptions } from '../../src/options/parse-options.js'
import { tableUnder } from '../readme/tables.js'

const page = readFileSync(join(import.meta.dirname, '../../docs/migrating.md'), 'utf8')
const ours = ['file', ...Object.keys(defaultOptions)]
const rows = ['pino-roll', 'rotating-file-stream', 'winston-daily-rotate-file'].flatMap((library) => tableUnder(page, library)).filter(([theirs = '']) => !theirs.startsWith('events'))
const keys = rows.flatMap(([theirs = '']) => [...theirs.matchAll(/`(\w+)(?:`|: )/g)].map(([, key = '']) => key))
const foreignKeys = [...new Set(keys)].filter((key) => key !== 'true' && !ours.includes(key))

function hintFor (key: string): string {
  try {
    parseOptions({ file: 'logs/app.log', [key]: 1 })
  } catch (error) {
    if (error instanceof RotorOptionsError) return error.faults.find(({ path }) => path === key)?.expected ?? 'nothing'
  }
  return 'nothing'
}

test('the tables name options that pino-rotor does not have', () => {
  expect(foreignKeys).toEqual(expect.arrayContaining(['dateFormat', 'interval', 'maxFiles', 'datePattern', 'auditHashType']))
})

test.each(foreignKeys)('the error for `%s` says what to write instead', (key) => {
  expect(hintFor(key)).toMatch(/^no such option \(.+\)$/)
})
