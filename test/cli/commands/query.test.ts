// `pino-rotor query`: SQL over the lines of a log, whatever they are packed with.
import { once } from 'node:events'
import { readdirSync, watch, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { fill, noTerminal, outcomeOf, programWithoutPeers, run, start, startOnTerminal, temporaryFolder, withoutProgress } from '../command-line.js'

let folder: string
const query = (...args: string[]) => run(['query', ...args], { cwd: folder, env: { TMPDIR: folder } })
const startMs = Date.UTC(2025, 9, 1, 10)

function lines (from: number, to: number): string {
  return Array.from({ length: to - from }, (_, index) => from + index)
    .map((n) => `${JSON.stringify({ level: n % 5 === 4 ? 50 : 30, time: startMs + n * 60_000, req: { url: `/${n % 2}` }, responseTime: n, msg: 'done' })}\n`).join('')
}

beforeEach(() => {
  folder = temporaryFolder()
  fill(join(folder, 'logs'), {
    'app.20251001_102000.log.gz': lines(0, 20),
    'app.20251001_104000.log.br': brotliCompressSync(lines(20, 40)),
    'app.log': `${lines(40, 60)}no JSON\n{"level":30,"ti`
  })
})

test('prints a table of the lines, without the torn last one', async () => {
  expect(await query('logs/app.log', "select req->>'url' as url, count(*) as lines, quantile_cont(responseTime, 0.5) as median from log group by 1 order by 1")).toEqual({
    status: 0,
    stdout: 'url  lines  median\n/0      30      29\n/1      30      30\n',
    stderr: ''
  })
})

test('prints JSON and CSV', async () => {
  const sql = 'select level, msg as "a,b" from log order by time limit 1'
  expect(JSON.parse((await query('logs/app.log', sql, '--json')).stdout)).toEqual([{ level: '30', 'a,b': 'done' }])
  expect((await query('logs/app.log', sql, '--csv')).stdout).toBe('level,"a,b"\r\n30,done\r\n')
})

test.each([['one file', 'app.log'], ['one archive', 'app.20251001_102000.log.gz']])('reads the first line behind a byte order mark, of %s', async (_, name) => {
  fill(join(folder, 'marked'), { [name]: `\ufeff${lines(0, 3)}` })
  expect((await query(`marked/${name}`, 'select count(*) as n, min(responseTime) as first from log', '--csv')).stdout).toBe('n,first\r\n3,0\r\n')
})

test.each([
  ['a plain file', 'marked/app.log', (folder: string) => { fill(folder, { 'app.log': `\ufeff${lines(0, 3)}\ufeff${lines(3, 6)}` }) }],
  ['joined gzip files', 'marked/app.log.gz', (folder: string) => { fill(folder, { 'app.log.gz': Buffer.concat([gzipSync(`\ufeff${lines(0, 3)}`), gzipSync(`\ufeff${lines(3, 6)}`)]) }) }],
  ['joined gzip files of which the first begins with none', 'marked/app.log.gz', (folder: string) => { fill(folder, { 'app.log.gz': Buffer.concat([gzipSync(lines(0, 3)), gzipSync(`\ufeff${lines(3, 6)}`)]) }) }],
  ['one gzip archive of joined files', 'marked/app.log', (folder: string) => { fill(folder, { 'app.20251001_100000.log.gz': `\ufeff${lines(0, 3)}\ufeff${lines(3, 5)}`, 'app.log': lines(5, 6) }) }],
  ['a brotli archive', 'marked/app.log.br', (folder: string) => { fill(folder, { 'app.log.br': brotliCompressSync(`\ufeff${lines(0, 3)}\ufeff${lines(3, 6)}`) }) }],
  ['archives of several kinds', 'marked/app.log', (folder: string) => {
    const [gz, br] = [(from: number) => `\ufeff${lines(from, from + 1)}`, (from: number) => brotliCompressSync(`\ufeff${lines(from, from + 1)}`)]
    fill(folder, { 'app.20251001_100000.log.gz': gz(0), 'app.20251001_100100.log.br': br(1), 'app.20251001_100200.log.br': br(2), 'app.20251001_100300.log.gz': gz(3), 'app.20251001_100400.log': `\ufeff${lines(4, 5)}`, 'app.log': `\ufeff${lines(5, 6)}` })
  }]
])('reads every line behind a byte order mark in %s', async (_, name, make) => {
  make(join(folder, 'marked'))
  expect(await query(name, 'select count(*) as n, sum(responseTime) as total from log', '--csv')).toEqual({ status: 0, stdout: 'n,total\r\n6,15\r\n', stderr: '' })
})

test('reads every line behind a byte order mark in a bundle, as a part of its log and by itself', async () => {
  fill(join(folder, 'marked'), { 'app.20250901_100000.log.gz': `\ufeff${lines(0, 3)}`, 'app.20250901_110000.log.gz': `\ufeff${lines(3, 6)}`, 'app.log': '' })
  writeFileSync(join(folder, 'rotor.json'), JSON.stringify({ file: 'marked/app.log', limit: false, bundle: {} }))
  expect(await run(['bundle', '--config', 'rotor.json'], { cwd: folder })).toMatchObject({ status: 0 })
  const sql = 'select count(*) as n, sum(responseTime) as total from log'
  for (const name of ['marked/app.log', 'marked/archive/app.202509.log.gz']) expect((await query(name, sql, '--csv')).stdout, name).toBe('n,total\r\n6,15\r\n')
})

test('runs over the lines of the given times, and leaves nothing behind', async () => {
  expect((await query('logs/app.log', 'select count(*) as n from log', '--csv', '--since', '2025-10-01T10:30:00Z', '--until', '2025-10-01T10:49:00Z')).stdout).toBe('n\r\n20\r\n')
  expect(readdirSync(folder)).toEqual(['logs'])
})

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('leaves no unpacked lines behind where %s ends it', async (signal) => {
  const watcher = watch(folder)
  onTestFinished(() => { watcher.close() })
  const isBegun = once(watcher, 'change')
  const child = start(['query', 'logs/app.log', 'select sum(a.range * b.range) from range(1000000) a, range(1000000) b'], { cwd: folder, env: { TMPDIR: folder } })
  const ended = once(child, 'close')
  await isBegun
  child.kill(signal)
  expect(await ended).toEqual([null, signal])
  expect(readdirSync(folder)).toEqual(['logs'])
})

test('prints a result of any length', async () => {
  const { status, stdout } = await query('logs/app.log', 'select range as n from range(200000)')
  expect({ status, lines: stdout.split('\n').length }).toEqual({ status: 0, lines: 200_002 })
})

test.each(['*.log', '?.log', '**/app.log', 'env=prod/app.log'])('reads only the log that is named, without a column of its folder: %s', async (name) => {
  for (const other of ['a.log', 'b.log', 'x/app.log', name]) fill(dirname(join(folder, 'odd', other)), { [basename(other)]: lines(0, other === name ? 3 : 20) })
  expect(await query(`odd/${name}`, 'select * exclude (time, req, responseTime) from log', '--csv')).toEqual({ status: 0, stdout: 'level,msg\r\n' + '30,done\r\n'.repeat(3), stderr: '' })
})

test.each([
  ['SQL that is none', ['logs/app.log', 'selec 1'], /^pino-rotor: DuckDB: Parser Error: [^\n]+\n$/],
  ['a field that is not there', ['logs/app.log', 'select nothing from log'], /^pino-rotor: DuckDB: Binder Error: [^\n]+\n$/],
  ['no SQL', ['logs/app.log'], /^pino-rotor: which query\? [^\n]+\n$/]
])('says in a line what is wrong with %s', async (_, args, says) => {
  expect(await query(...args)).toEqual({ status: 2, stdout: '', stderr: expect.stringMatching(says) as string })
})

test.skipIf(noTerminal !== null)('fits the terminal', async () => {
  const { stdout } = await outcomeOf(startOnTerminal(['query', 'logs/app.log', "\"select repeat('x', 200) as wide, 1 as n\""], { cwd: folder, env: withoutProgress }))
  expect(Math.max(...stdout.split('\r\n').map((line) => line.length))).toBe(80)
})

test('asks for DuckDB if it is not installed', () => {
  const { status, stderr } = spawnSync(process.execPath, [programWithoutPeers(folder), 'query', 'logs/app.log', 'select 1 from log'], { cwd: folder, encoding: 'utf8' })
  expect({ status, stderr }).toEqual({ status: 2, stderr: 'pino-rotor: query needs DuckDB, which is not installed: npm install @duckdb/node-api\n' })
})

test.each([['changed in its middle', (packed: Buffer) => { packed.writeUInt8(packed.readUInt8(packed.length >> 1) ^ 0x10, packed.length >> 1); return packed }], ['cut', (packed: Buffer) => packed.subarray(0, packed.length >> 1)]])('an archive that is %s gives the same lines as to cat, and a message', async (_, spoil) => {
  const text = Array.from({ length: 5000 }, (_, n) => `${JSON.stringify({ level: 30, time: startMs + n, n, id: Math.sin(n).toString(36) })}\n`).join('')
  fill(join(folder, 'spoilt'), { 'app.20251001_102000.log.gz': spoil(gzipSync(text)), 'app.20251001_103000.log.gz': text, 'app.log': '' })
  const { status, stdout, stderr } = await query('spoilt/app.log', 'select count(*) as n from log where n >= 0', '--csv')
  const read = await run(['cat', 'spoilt/app.log', '--match', 'n>=0', '--count'], { cwd: folder })
  expect({ status, stdout, stderr: stderr.split('\n').length }).toEqual({ status: 1, stdout: `n\r\n${read.stdout.trim()}\r\n`, stderr: 2 })
  expect(stderr).toContain('app.20251001_102000.log.gz')
})
