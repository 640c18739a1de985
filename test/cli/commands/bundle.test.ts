// `pino-rotor bundle`: joins what is over, refuses what is not, foretells without touching, and works beside an application.
import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, test } from 'vitest'
import { fill, linesFrom, noTerminal, numbersIn, outcomeOf, pictureOf, run, startOnTerminal, startWriter, temporaryFolder, upTo, withoutProgress } from '../command-line.js'

let folder: string
let logs: string
const bundle = (...args: string[]) => run(['bundle', ...args], { cwd: folder })
const bundles = () => readdirSync(join(logs, 'archive')).sort()
const month = new Date().toISOString().slice(0, 7).replace('-', '')

function configure (options: object): void {
  writeFileSync(join(folder, 'rotor.json'), JSON.stringify({ file: 'logs/app.log', limit: false, ...options }))
}

beforeEach(() => {
  folder = temporaryFolder()
  logs = join(folder, 'logs')
  fill(logs, {
    'app.20250930_230000.log.gz': linesFrom(0, 0, 100),
    'app.20251001_121111.log.gz': linesFrom(0, 100, 100),
    'app.20251031_121111.log': linesFrom(0, 200, 100),
    'app.20251031_121111.1.log.br': brotliCompressSync(linesFrom(0, 300, 100)),
    [`app.${month}01_000000.log`]: linesFrom(0, 400, 10),
    'app.log': linesFrom(0, 410, 10)
  })
})

describe('an idle log', () => {
  test('merges each finished month, and touches no other archive', async () => {
    configure({ bundle: {} })
    const { status, stdout, stderr } = await bundle('--config', 'rotor.json')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(new RegExp(`^joined 1 archive to app\\.202509\\.log\\.gz \\(\\d+ B\\)\njoined 3 archives to app\\.202510\\.log\\.gz \\(\\d+(\\.\\d)? K?B\\)\n${month}: 1 archive not joined before \\S+ 00:00:00 UTC, when it is over\n$`))
    expect(readdirSync(logs).sort()).toEqual([`app.${month}01_000000.log`, 'app.log', 'archive'])
    expect(numbersIn(gunzipSync(readFileSync(join(logs, 'archive/app.202510.log.gz'))).toString())).toEqual(upTo(400).slice(100))
    expect(numbersIn((await run(['cat', 'logs/app.log'], { cwd: folder })).stdout)).toEqual(upTo(420))
  })

  test('is bundled by the defaults if its options have no bundle, and says so', async () => {
    const { status, stderr } = await bundle('logs/app.log', '--defaults')
    expect({ status, stderr }).toEqual({ status: 0, stderr: 'pino-rotor: the options have no "bundle": its defaults apply, so months are merged in logs/archive\n' })
    expect(bundles()).toEqual(['app.202509.log.gz', 'app.202510.log.gz'])
  })

  test('merges only one month with --month, and prints what it did as JSON', async () => {
    configure({ bundle: { directory: 'kept' } })
    const { status, stdout } = await bundle('--config', 'rotor.json', '--month', '202509', '--json')
    const made = join(logs, 'kept/app.202509.log.gz')
    expect({ status, report: JSON.parse(stdout) }).toEqual({
      status: 0,
      report: { dryRun: false, bundled: [{ bundle: made, members: 1, bytes: readFileSync(made).length }], leftovers: [], waiting: [], failed: [] }
    })
    expect(readdirSync(logs)).toHaveLength(6)
  })

  test('merges a finished month although the schedule comes later', async () => {
    configure({ bundle: { frequency: '0 3 1 1 *' } })
    await bundle('--config', 'rotor.json', '--month', '202510')
    expect(bundles()).toEqual(['app.202510.log.gz'])
  })

  test('adds new archives in another run, and changes nothing if there are none', async () => {
    configure({ bundle: {} })
    await bundle('--config', 'rotor.json')
    fill(logs, { 'app.20251001_130000.log.gz': linesFrom(0, 900, 5) })
    expect((await bundle('--config', 'rotor.json', '--month', '202510')).stdout).toMatch(/^joined 1 archive to app\.202510\.log\.gz/)
    const before = pictureOf(join(logs, 'archive'))
    expect(await bundle('--config', 'rotor.json', '--month', '202510')).toEqual({ status: 0, stdout: 'nothing to join\n', stderr: '' })
    expect(pictureOf(join(logs, 'archive'))).toEqual(before)
  })

  test('keeps an archive that a log shipper still needs, and says why', async () => {
    const archive = join(logs, 'app.20251031_121111.log')
    utimesSync(archive, new Date(), new Date())
    configure({ bundle: {}, compress: { after: '900000h' } })
    const { status, stdout } = await bundle('--config', 'rotor.json', '--month', '202510')
    expect({ status, stdout }).toEqual({ status: 0, stdout: '202510: 3 archives not joined while "compress.after" leaves one plain\n' })
  })

  test('removes an unfinished bundle, and an archive that was in its bundle already', async () => {
    configure({ bundle: {} })
    const source = readFileSync(join(logs, 'app.20250930_230000.log.gz'))
    await bundle('--config', 'rotor.json', '--month', '202509')
    writeFileSync(join(logs, 'app.20250930_230000.log.gz'), source)
    writeFileSync(join(logs, 'archive/.app.log.rotor.bundle.202510'), 'half')
    const said = 'removed .app.log.rotor.bundle.202510 (left over by a crash)\nremoved app.20250930_230000.log.gz (left over by a crash)\n'
    expect((await bundle('--config', 'rotor.json', '--month', '202509', '--dry-run')).stdout).toBe(said.replaceAll('removed', 'would have removed'))
    expect((await bundle('--config', 'rotor.json', '--month', '202509')).stdout).toBe(said)
    expect(bundles()).toEqual(['app.202509.log.gz'])
  })

  test('merges the other archives if one is damaged, leaves that one, and exits 1', async () => {
    configure({ bundle: {} })
    writeFileSync(join(logs, 'app.20251001_121111.log.gz'), gzipSync(linesFrom(0, 100, 100)).subarray(0, 200))
    const foretold = JSON.parse((await bundle('--config', 'rotor.json', '--dry-run', '--json')).stdout)
    const { status, stdout, stderr } = await bundle('--config', 'rotor.json', '--json')
    expect(status).toBe(1)
    expect(stderr).toMatch(/^pino-rotor: bundle failed: \S+app\.20251001_121111\.log\.gz [^\n]+\n$/)
    const waiting = [{ period: '202510', archives: 1, reason: 'failed', endsAt: '2025-11-01T00:00:00.000Z' }, { period: month, archives: 1, reason: 'open', endsAt: expect.any(String) }]
    for (const report of [foretold, JSON.parse(stdout)]) expect(report).toMatchObject({ bundled: [{ members: 1 }, { members: 2 }], waiting, failed: [{ step: 'bundle' }] })
    expect(readdirSync(logs)).toContain('app.20251001_121111.log.gz')
  })
})

describe('a wrong call gets one line, exit status 2, and changes nothing', () => {
  const notOver = new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(4)), 1)).toISOString().slice(0, 10)
  const bad: Array<[what: string, options: object, args: string[], says: RegExp]> = [
    ['a thirteenth month', {}, ['--month', '202513'], /--month "202513" is not a month: write October 2025 as 202510/],
    ['a month written otherwise', {}, ['--month', '2025-10'], /is not a month/],
    ['a month that is not over', {}, ['--month', month], new RegExp(`--month ${month} is not over yet: it can be merged from ${notOver} 00:00:00 UTC on`)],
    ['a month of weeks', { frequency: 'weekly' }, ['--month', '202510'], /--month does not work with the weeks/],
    ['a flag that there is not', {}, ['--moth', '202510'], /bundle has no option --moth, nearest: --month/],
    ['a folder that is a file', { directory: 'app.log' }, [], /bundle\.directory: expected a path in a folder/]
  ]

  test.each(bad)('%s', async (_, options, args, says) => {
    configure({ bundle: options })
    const before = pictureOf(logs)
    const { status, stdout, stderr } = await bundle('--config', 'rotor.json', ...args)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(/^pino-rotor: [^\n]+\n$/)
    expect(stderr).toMatch(says)
    expect(pictureOf(logs)).toEqual(before)
  })

  test('a log that only appends', async () => {
    configure({ enabled: false, bundle: {} })
    expect(await bundle('--config', 'rotor.json')).toMatchObject({ status: 2, stderr: expect.stringContaining('"enabled" is false') })
  })
})

test('--dry-run predicts what a run then does, and changes not one byte', async () => {
  configure({ bundle: {} })
  const before = pictureOf(logs)
  const foretold = JSON.parse((await bundle('--config', 'rotor.json', '--dry-run', '--json')).stdout)
  expect((await bundle('--config', 'rotor.json', '--dry-run')).stdout).toMatch(/^would have joined 1 archive to app\.202509\.log\.gz\nwould have joined 3 archives to app\.202510\.log\.gz\n/)
  expect(pictureOf(logs)).toEqual(before)
  const done = JSON.parse((await bundle('--config', 'rotor.json', '--json')).stdout) as { bundled: object[] }
  expect(foretold).toEqual({ ...done, dryRun: true, bundled: done.bundled.map((event) => ({ ...event, bytes: null })) })
})

test.each([['joins as well', { bundle: {} }], ['does not', {}]])('loses and doubles no line beside an application that %s', async (_, options) => {
  const file = join(folder, 'live', 'app.log')
  const writer = await startWriter(file, { size: '30k', limit: false, ...options })
  writeFileSync(join(folder, 'live.json'), JSON.stringify({ file, limit: false, bundle: {} }))
  const sources = ['app.20250930_230000.log.gz', 'app.20251001_121111.log.gz', 'app.20251031_121111.log']
  for (const name of sources) writeFileSync(join(folder, 'live', name), readFileSync(join(logs, name)))
  const outcomes = await Promise.all([bundle('--config', 'live.json'), bundle('--config', 'live.json')])
  const written = await writer.stop()
  for (const { status, stderr } of outcomes) expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(readdirSync(join(folder, 'live/archive')).sort()).toEqual(['app.202509.log.gz', 'app.202510.log.gz'])
  expect(numbersIn((await run(['cat', file], { cwd: folder })).stdout)).toEqual([...upTo(300), ...upTo(written)])
})

test.skipIf(noTerminal !== null)(`says on a terminal what it says in a pipe${noTerminal === null ? '' : ` (${noTerminal})`}`, async () => {
  const { stdout } = await outcomeOf(startOnTerminal(['bundle', 'logs/app.log', '--defaults', '--month', '202509'], { cwd: folder, env: withoutProgress }))
  expect(stdout).toMatch(/^pino-rotor: the options have no "bundle"[^\n]+\njoined 1 archive to app\.202509\.log\.gz \(\d+ B\)\r?\n$/)
})
