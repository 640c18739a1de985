// Archives are plain gzip: the tools that people have read blocks, indexed blocks and bundles as any other gzip file.
import { DuckDBInstance } from '@duckdb/node-api'
import { spawnSync } from 'node:child_process'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { blockHeaderBytes } from '../../src/policy/blocks/block-header.js'
import { fill, lineAt, run, temporaryFolder } from '../cli/command-line.js'

const linesOfArchive = 12_000
const startMs = Date.UTC(2025, 9, 1, 9)

function lines (archive: number): string {
  return Array.from({ length: linesOfArchive }, (_, index) => {
    const n = archive * linesOfArchive + index
    return lineAt(startMs + n, n, `,"reqId":"r${n}","é":"${'ü'.repeat(n % 50)}"`)
  }).join('')
}

const archives = [0, 1, 2]
const all = archives.map(lines).join('')
const files = { 'app.20251001_100000.log': lines(0), 'app.20251001_110000.log': lines(1), 'app.20251001_120000.log': lines(2), 'app.log': '' }
const lineCount = archives.length * linesOfArchive
const python = 'import gzip, sys\nfor name in sys.argv[1:]: sys.stdout.buffer.write(gzip.open(name).read())'

/** Each prints the lines, or checks the files and prints nothing. */
const tools: ReadonlyArray<[tool: string, args: string[], prints: 'lines' | 'nothing']> = [
  ['zcat', [], 'lines'],
  ['gzip', ['-t'], 'nothing'],
  ['pigz', ['-dc'], 'lines'],
  ['pigz', ['-t'], 'nothing'],
  ['python3', ['-c', python], 'lines'],
  ['rg', ['-z', '--no-filename', '--no-line-number', '--sort', 'path', ''], 'lines']
]
const isInstalled = (tool: string): boolean => spawnSync('which', [tool]).status === 0
for (const tool of new Set([...tools.map(([tool]) => tool), 'lnav'])) if (!isInstalled(tool)) console.log(`skipped: ${tool} is not installed`)

/** Files as the package makes them from the same lines. */
async function packed (options: object, place: string): Promise<{ folder: string, paths: string[] }> {
  const folder = temporaryFolder()
  fill(join(folder, 'logs'), files)
  // Compressed first, since a bundle keeps the blocks of its archives.
  for (const more of [{}, options]) {
    writeFileSync(join(folder, 'rotor.json'), JSON.stringify({ file: 'logs/app.log', limit: { count: false, age: false }, ...options, bundle: false, ...more }))
    expect(await run(['sweep', '--config', 'rotor.json'], { cwd: folder })).toMatchObject({ status: 0, stderr: '' })
  }
  const paths = readdirSync(join(folder, place)).filter((name) => name.endsWith('.gz')).sort().map((name) => join(folder, place, name))
  return { folder, paths }
}

function blocksIn (path: string): number {
  const bytes = readFileSync(path)
  let blocks = 0
  for (let at = bytes.indexOf('1f8b08', 0, 'hex'); at !== -1; at = bytes.indexOf('1f8b08', at + 1, 'hex')) if (blockHeaderBytes(bytes.subarray(at)) !== null) blocks++
  return blocks
}

test.each([
  ['archives of blocks', {}, 'logs', archives.length],
  ['archives of blocks with an index', { compress: { algorithm: 'gzip', index: ['reqId'] } }, 'logs', archives.length],
  ['a bundle', { bundle: {} }, 'logs/archive', 1]
])('every tool reads the lines of %s', async (_, options, place, count) => {
  const { folder, paths } = await packed(options, place)
  expect(paths).toHaveLength(count)
  for (const path of paths) expect(blocksIn(path)).toBeGreaterThan(1)

  for (const [tool, args, prints] of tools.filter(([tool]) => isInstalled(tool))) {
    const { status, stdout, stderr } = spawnSync(tool, [...args, ...paths], { encoding: 'utf8', maxBuffer: 2 ** 28 })
    expect({ tool, args, status, stderr, isRight: stdout === (prints === 'lines' ? all : '') }).toEqual({ tool, args, status: 0, stderr: '', isRight: true })
  }
  expect(paths.map((path) => gunzipSync(readFileSync(path)).toString()).join('') === all).toBe(true)
  expect(await countedByDuckDb(paths)).toEqual([lineCount, BigInt(lineCount * (lineCount - 1) / 2)])
  if (isInstalled('lnav')) expect(countedByLnav(folder, paths)).toContain(String(lineCount))
})

async function countedByDuckDb (paths: readonly string[]): Promise<readonly unknown[] | undefined> {
  const database = await DuckDBInstance.create()
  try {
    const connection = await database.connect()
    const result = await connection.runAndReadAll(`select count(*)::int, sum(n)::bigint from read_json([${paths.map((path) => `'${path}'`).join()}], format = 'newline_delimited')`)
    return result.getRows()[0]
  } finally {
    database.closeSync()
  }
}

function countedByLnav (folder: string, paths: readonly string[]): string[] {
  const lnav = (...args: string[]) => spawnSync('lnav', args, { cwd: folder, encoding: 'utf8', env: { ...process.env, HOME: folder } })
  expect(lnav('-i', join(import.meta.dirname, '../../pino.lnav.json')).status).toBe(0)
  return lnav('-n', '-c', ';select count(*) as lines from pino_log', ...paths).stdout.split(/\s+/)
}
