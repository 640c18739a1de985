// The format file for lnav: with it, lnav tells levels, times and messages of pino's lines apart, in archives too.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fill, linesFrom, temporaryFolder } from '../cli/command-line.js'

const isInstalled = spawnSync('lnav', ['-V']).status === 0
if (!isInstalled) console.log('skipped: the format file in lnav, because lnav is not installed')

test.skipIf(!isInstalled)('lnav reads the lines of a log and of an archive', () => {
  const folder = temporaryFolder()
  fill(folder, { 'app.20251001_100000.log.gz': linesFrom(Date.UTC(2025, 9, 1, 9), 0, 30), 'app.log': linesFrom(Date.UTC(2025, 9, 1, 10), 30, 3).replaceAll('"level":30', '"level":50') })
  const lnav = (...args: string[]) => spawnSync('lnav', args, { cwd: folder, encoding: 'utf8', env: { ...process.env, HOME: folder } })
  expect(lnav('-i', join(import.meta.dirname, '../../pino.lnav.json')).status).toBe(0)
  const { stdout } = lnav('-n', '-c', ';select log_level, count(*) as lines, min(log_time) as first, log_body from pino_log group by 1 order by 2', 'app.log', 'app.20251001_100000.log.gz')
  expect(stdout).toMatch(/error +3 +2025-10-01 10:00:00\.000 +request completed/)
  expect(stdout).toMatch(/info +30 +2025-10-01 09:00:00\.000 +request completed/)
})
