// `pino-rotor sweep`: what it removes and compresses, that a dry run changes nothing, and that it works beside an application.
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, test } from 'vitest'
import { fill, linesFrom, numbersIn, pictureOf, run, startWriter, temporaryFolder, upTo } from '../command-line.js'

interface Report { dryRun: boolean, compressed: object[] }
type Steps = Record<'removed' | 'bundled' | 'compressed', object[]>

let folder: string
let logs: string
const sweep = (...args: string[]) => run(['sweep', ...args], { cwd: folder })

beforeEach(() => {
  folder = temporaryFolder()
  logs = join(folder, 'logs')
  writeFileSync(join(folder, 'a.json'), '{ "file": "logs/app.log", "limit": { "count": 2, "age": false } }')
  fill(logs, {
    'app.20251001_121111.log.gz': linesFrom(0, 0, 100),
    'app.20251002_121111.log.gz': linesFrom(0, 100, 100),
    'app.20251003_121111.log': linesFrom(0, 200, 100),
    '.app.log.rotor.pack.app.20251003_121111.log': 'half',
    'app.http.log': 'not ours\n',
    'app.log': linesFrom(0, 300, 10)
  })
})

test('removes, tidies and compresses, and says so', async () => {
  const { status, stdout, stderr } = await sweep('--config', 'a.json')
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout).toMatch(/^removed app\.20251001_121111\.log\.gz \(\d+ B, count\)\nremoved \.app\.log\.rotor\.pack\S+ \(left over by a crash\)\ncompressed app\.20251003_121111\.log\.gz \(\d+(\.\d)? KB to \d+ B\)\n$/)
  expect(readdirSync(logs).sort()).toEqual(['app.20251002_121111.log.gz', 'app.20251003_121111.log.gz', 'app.http.log', 'app.log'])
  expect(await sweep('--config', 'a.json')).toEqual({ status: 0, stdout: 'nothing to do\n', stderr: '' })
})

describe('--dry-run', () => {
  test('says the same and changes nothing, byte for byte', async () => {
    const before = pictureOf(logs)
    const { status, stdout } = await sweep('--config', 'a.json', '--dry-run')
    expect(status).toBe(0)
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^would have removed app\.20251001_121111\.log\.gz/),
      expect.stringMatching(/^would have removed \.app\.log\.rotor\.pack/),
      expect.stringMatching(/^would have compressed app\.20251003_121111\.log\.gz/),
      ''
    ])
    expect(pictureOf(logs)).toEqual(before)
  })

  test('foretells as JSON what the sweep then does', async () => {
    const foretold: Report = JSON.parse((await sweep('--config', 'a.json', '--dry-run', '--json')).stdout)
    const done: Report = JSON.parse((await sweep('--config', 'a.json', '--json')).stdout)
    expect(foretold.dryRun).toBe(true)
    expect(foretold.compressed).toEqual(done.compressed.map((event) => ({ ...event, to: null, ms: null })))
    expect({ ...done, dryRun: true, compressed: [] }).toEqual({ ...foretold, compressed: [] })
  })
})

test('bundles finished periods too, and --dry-run predicts all of it', async () => {
  const thisMonth = new Date().toISOString().slice(0, 7).replace('-', '')
  fill(logs, { 'app.20250914_121111.log': linesFrom(0, 0, 100), [`app.${thisMonth}01_000000.log`]: linesFrom(0, 300, 100), [`app.${thisMonth}01_000001.log`]: linesFrom(0, 400, 100), [`app.${thisMonth}01_000001.log.gz`]: linesFrom(0, 400, 100) })
  writeFileSync(join(folder, 'b.json'), '{ "file": "logs/app.log", "limit": { "count": 1 }, "bundle": { "limit": { "count": 1 } } }')
  const before = pictureOf(logs)
  const foretold = JSON.parse((await sweep('--config', 'b.json', '--dry-run', '--json')).stdout) as Steps
  expect((await sweep('--config', 'b.json', '--dry-run')).stdout.split('\n').slice(2, -1)).toEqual([
    expect.stringMatching(/^would have removed app\.\d+_000001\.log \(left over by a crash\)/),
    'would have joined 1 archive to app.202509.log.gz', 'would have joined 3 archives to app.202510.log.gz',
    expect.stringMatching(/^would have compressed app\.\d+_000000\.log\.gz/)
  ])
  expect(pictureOf(logs)).toEqual(before)
  const { status, stdout } = await sweep('--config', 'b.json', '--json')
  const done = JSON.parse(stdout) as Steps
  const unsized = (events: object[], ...names: string[]) => events.map((event) => ({ ...event, ...Object.fromEntries(names.map((name) => [name, null])) }))
  expect({ status, foretold: { ...foretold, removed: unsized(foretold.removed, 'bytes') } }).toEqual({
    status: 0,
    foretold: { ...done, dryRun: true, removed: unsized(done.removed, 'bytes'), bundled: unsized(done.bundled, 'bytes'), compressed: unsized(done.compressed, 'to', 'ms') }
  })
  expect(readdirSync(join(logs, 'archive'))).toEqual(['app.202510.log.gz'])
})

test('is refused if the options say that it only appends', async () => {
  writeFileSync(join(folder, 'a.json'), '{ "file": "logs/app.log", "enabled": false }')
  expect(await sweep('--config', 'a.json')).toMatchObject({ status: 2 })
})

test('makes a copy again that a crash left unfinished, and loses no line of its source', async () => {
  fill(logs, { 'app.20251003_121111.log.gz': gzipSync(linesFrom(0, 200, 50)).subarray(0, 300) })
  writeFileSync(join(folder, 'b.json'), '{ "file": "logs/app.log", "limit": false, "compress": "gzip" }')
  expect(await sweep('--config', 'b.json')).toMatchObject({ status: 0, stderr: '' })
  expect(readdirSync(logs)).not.toContain('app.20251003_121111.log')
  expect(numbersIn((await run(['cat', 'logs/app.log'], { cwd: folder })).stdout)).toEqual(upTo(310))
})

test('works beside a live writer, and removes none of its lines', async () => {
  const file = join(folder, 'live', 'app.log')
  const writer = await startWriter(file, { size: '30k', compress: { algorithm: 'gzip', after: '1h' }, limit: false })
  writeFileSync(join(folder, 'b.json'), JSON.stringify({ file, limit: false }))
  const outcomes = []
  for (let turn = 0; turn < 2; turn++) outcomes.push(await sweep('--config', 'b.json', '--json'))
  const written = await writer.stop()
  for (const { status, stderr } of outcomes) expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(outcomes.flatMap(({ stdout }) => (JSON.parse(stdout) as Report).compressed).length).toBeGreaterThan(0)
  expect(numbersIn((await run(['cat', file], { cwd: folder })).stdout)).toEqual(upTo(written))
})
