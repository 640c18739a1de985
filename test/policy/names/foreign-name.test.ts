// Names that other tools give, and names that only look like them.
import { expect, test } from 'vitest'
import { logName } from '../../../src/policy/names/archive-name.js'
import { isForeignArchiveName } from '../../../src/policy/names/foreign-name.js'

const log = logName('logs/app.log')

test.each([
  'app.log.1', 'app.log.2.gz', 'app.log-20251001', 'app.log-20251001.gz', 'app.log-2025100112.gz', 'app.log-2025-10-01', 'app-20251001.log', 'app.1.log.gz',
  'app-2025-10-01.log', 'app-2025-10-01.log.1', 'app-2025-10-01.log.gz', 'app.log.2025-10-01', 'app.log.2025-10-01.3', 'app-2025-10-01-12.log',
  'app.1.log', 'app.2025-10-01.1.log', 'app.log.12', 'app.log-2025100112.backup', 'app.log-20251001-1759276800.gz', 'app.log-1759276800'
])('%s is of logrotate, winston or pino-roll', (name) => {
  expect(isForeignArchiveName(name, log)).toBe(true)
})

test.each([
  'app.log', 'app.20251001_121111.log', 'app.20251001_121111.1.log.gz', 'app.20251001.log.gz', 'app.202510.log.gz', // ours
  'app.http.log', 'application.log.1', 'app1.log', 'app.log.bak', 'app.log.backup', 'app.log.1.bak', 'app-worker.log', 'app.log.1x', 'app-2025.log', 'app.log.gz'
])('%s is not', (name) => {
  expect(isForeignArchiveName(name, log)).toBe(false)
})

test('a log without an extension has such files too', () => {
  expect(['out.1', 'out.2.gz', 'out-20251001', 'out.log'].map((name) => isForeignArchiveName(name, logName('out')))).toEqual([true, true, true, false])
})
