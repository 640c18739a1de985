// `pino-rotor status`: the table, the JSON, a folder of logs, the bounds for monitoring, and the screen that refreshes.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import type { LogStatus } from '../../../src/policy/status/status-shape.js'
import { readStatus } from '../../../src/lifecycle/survey/read-status.js'
import { parseOptions } from '../../../src/options/parse-options.js'
import { transport } from '../../support/built-package.js'
import { fill, linesFrom, pictureOf, run, start, startWriter, temporaryFolder } from '../command-line.js'

let folder: string
let logs: string
const status = (...args: string[]) => run(['status', ...args], { cwd: folder })

beforeEach(() => {
  folder = temporaryFolder()
  logs = join(folder, 'logs')
  fill(logs, {
    'app.20251001_121111.log.gz': linesFrom(Date.UTC(2025, 9, 1), 0, 500),
    'app.20251002_121111.log': linesFrom(Date.UTC(2025, 9, 2), 500, 200),
    '.app.log.rotor.pack.app.20251002_121111.log': 'half',
    'app.log': linesFrom(Date.UTC(2025, 9, 3), 700, 10)
  })
})

/** What does not change from one moment to the next. */
function lasting ({ checkedAt, disk, growth, limits, retention, routes, ...rest }: LogStatus): object {
  return { ...rest, keys: [{ checkedAt }, disk, growth, limits, retention].map((part) => Object.keys(part)), ...routes !== undefined && { routes: routes.map(lasting) } }
}

describe('the table', () => {
  test('fits 60 columns and shows the files, the savings and the next removal', async () => {
    const { status: code, stdout, stderr } = await status('logs/app.log')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60)
    expect(stdout).toMatch(/archives, plain +1 file +\d+(\.\d)? KB/)
    expect(stdout).toMatch(/archives, compressed +1 file/)
    expect(stdout).toMatch(/compression +to \d+\.\d % of the size, \d+(\.\d)? KB saved/)
    expect(stdout).toMatch(/next to go: app\.20251001_121111\.log\.gz \(age\)\s+with the next\s+sweep/)
    expect(stdout).toMatch(/left over: 4 B in 1 file/)
  })

  test('fits 60 columns with the longest names too', async () => {
    const base = `${'a-service-with-a-long-name-'.repeat(5)}1.log`
    fill(logs, { [base]: 'x\n', [base.replace('.log', '.20251001_121111.log.gz')]: 'x\n' })
    const { stdout } = await status(`logs/${base}`)
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60)
  })

  test('is calm about an empty file', async () => {
    fill(logs, { 'new.log': '' })
    expect(await status('logs/new.log')).toMatchObject({ status: 0, stderr: '' })
  })
})

describe('--json', () => {
  test('uses the limits of the named route, and the main limits that the route does not set', async () => {
    const route = { file: 'logs/app.log', match: { level: 'error' }, limit: { count: 7 } }
    writeFileSync(join(folder, 'rotor.json'), JSON.stringify({ file: 'logs/web.log', symlink: true, limit: { count: 5, totalSize: '1g' }, routes: [route], compress: 'brotli' }))
    const { status: code, stdout, stderr } = await status('logs/app.log', '--config', 'rotor.json', '--json')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const { file, limits } = JSON.parse(stdout) as LogStatus
    expect({ file, count: limits.count?.archivesMax, totalSize: limits.totalSize }).toEqual({ file: join(logs, 'app.log'), count: 7, totalSize: null })
  })

  test('prints what readStatus and the transport return, and nothing else on stdout', async () => {
    const { stdout, stderr } = await status('logs/app.log', '--json')
    const { checkedAt, disk, growth, limits, ...found } = JSON.parse(stdout) as LogStatus
    const { checkedAt: _at, disk: _disk, growth: _growth, limits: _limits, ...expected } = await readStatus(parseOptions({ file: join(logs, 'app.log') }), Date.parse(checkedAt))
    expect(found).toEqual(expected)
    expect(Object.keys({ ...disk, ...growth, ...limits })).toEqual(['freeBytes', 'daysLeft', 'since', 'writtenBytesPerDay', 'storedBytesPerDay', 'archivesPerDay', 'days', 'from', 'count', 'age', 'totalSize', 'minFree'])
    expect(stderr).toBe('')
  })

  test('has the logs of routes too, and is what transport.status() resolves to', async () => {
    const options = { file: join(logs, 'app.log'), enabled: false, bundle: {}, routes: [{ file: join(logs, 'errors.log'), match: { level: 'error' as const } }] }
    writeFileSync(join(folder, 'rotor.json'), JSON.stringify(options))
    const destination = transport(options)
    const told = await destination.status()
    const closed = new Promise<void>((resolve) => { destination.once('close', () => { resolve() }) })
    const printed = JSON.parse((await status('--config', 'rotor.json', '--json')).stdout) as LogStatus
    destination.end()
    await closed
    expect(printed.routes?.map(({ file }) => file)).toEqual([join(logs, 'errors.log')])
    expect(lasting(printed)).toEqual(lasting(told))
  })

  test('changes nothing in the folder', async () => {
    const before = pictureOf(logs)
    await status('logs/app.log', '--json')
    expect(pictureOf(logs)).toEqual(before)
  })
})

describe('a folder', () => {
  test('has a line for each log, the largest first, also for a log that has only archives left', async () => {
    fill(logs, { 'web.20251001_121111.log.gz': 'x\n', 'app.http.log': 'x\n', 'notes.md': 'x' })
    const { status: code, stdout } = await status('logs')
    expect(code).toBe(0)
    expect(stdout.match(/^ {2}logs\/\S+/gm)).toEqual(['  logs/app.log', '  logs/web.log', '  logs/app.http.log'])
    expect(JSON.parse((await status('logs', '--json')).stdout)).toHaveLength(3)
  })

  test('without logs is a wrong call', async () => {
    mkdirSync(join(folder, 'empty'))
    expect(await status('empty')).toMatchObject({ status: 2, stderr: 'pino-rotor: empty contains no logs: nothing in it is ours\n' })
  })
})

describe('the bounds', () => {
  test('exit 1 beyond them, with the reason on stderr and the table on stdout', async () => {
    const { status: code, stdout, stderr } = await status('logs/app.log', '--max-size', '1k', '--max-files', '3')
    expect(code).toBe(1)
    expect(stdout).toContain('in all')
    expect(stderr).toMatch(/more than --max-size 1\.0 KB\n.*4 files are more than --max-files 3\n/)
  })

  test('exit 0 within them', async () => {
    expect(await status('logs/app.log', '--max-size', '1g', '--max-files', '4')).toMatchObject({ status: 0, stderr: '' })
  })

  test('hold for all logs of a folder together', async () => {
    fill(logs, { 'web.log': 'x\n' })
    expect((await status('logs', '--max-files', '4')).status).toBe(1)
  })
})

describe('beside a live writer', () => {
  test('counts all files, and does not count unfinished work as leftovers', async () => {
    const file = join(folder, 'live', 'app.log')
    const writer = await startWriter(file, { size: '20k', limit: false })
    const seen = []
    for (let look = 0; look < 5; look++) seen.push(JSON.parse((await run(['status', file, '--json'], { cwd: folder })).stdout))
    await writer.stop()
    for (const found of seen) expect(found).toMatchObject({ leftovers: [], kinds: { active: { files: 1 } } })
    expect(seen.at(-1).total.files).toBeGreaterThan(1)
  })
})

test('ends quietly if the reader is gone', async () => {
  const child = start(['status', 'logs/app.log'], { cwd: folder })
  child.stdout.destroy()
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => { said += chunk.toString() })
  expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0)
  expect(said).toBe('')
})
