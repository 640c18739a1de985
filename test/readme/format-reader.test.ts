// A reader in Python that was written from docs/format.md alone finds in an archive and in a bundle what JSON.parse finds in the lines.
import { spawnSync } from 'node:child_process'
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { packGzip } from '../../src/disk/compress/gzip-packing.js'
import { BlockScan } from '../../src/policy/blocks/block-scan.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const hasPython = spawnSync('python3', ['--version']).status === 0
if (!hasPython) console.log('skipped: a reader in Python, because python3 is not installed')

const startMs = Date.UTC(2025, 9, 1)
const records = Array.from({ length: 30_000 }, (_, n) => ({ level: n >= 12_000 && n % 1000 === 0 ? 50 : 30, time: startMs + n * 100, n, reqId: `req-${n.toString(36)}`, msg: 'a line that is long enough for several blocks '.repeat(2) }))

function archive (path: string): string {
  const plain = `${path}.plain`
  writeFileSync(plain, records.map((record) => `${JSON.stringify(record)}\n`).join(''))
  const [source, copy] = [openSync(plain, 'r'), openSync(path, 'w+')]
  packGzip({ fd: source, path: plain }, { fd: copy, path }, 6, new BlockScan(['reqId']))
  closeSync(source)
  closeSync(copy)
  return path
}

function ask (path: string): Record<string, unknown> & { readonly blocks: number } {
  const { stdout, stderr } = spawnSync('python3', [join(import.meta.dirname, 'format_reader.py'), path, '50', String(startMs + 1_500_000), String(startMs + 1_510_000), 'reqId', 'req-abc'], { encoding: 'utf8' })
  expect(stderr).toBe('')
  return JSON.parse(stdout) as Record<string, unknown> & { readonly blocks: number }
}

describe.skipIf(!hasPython)('a reader that knows only docs/format.md', () => {
  const expected = {
    lines: records.length,
    levels: { 30: records.filter(({ level }) => level === 30).length, 50: records.filter(({ level }) => level === 50).length },
    ofLevel: records.filter(({ level }) => level === 50).length,
    ofTime: records.filter(({ time }) => time >= startMs + 1_500_000 && time <= startMs + 1_510_000).length,
    ofValue: records.filter(({ reqId }) => reqId === 'req-abc').map(({ n }) => n)
  }

  test('counts lines by level and time and finds a value, and unpacks only the blocks that it needs', () => {
    const found = ask(archive(join(temporaryFolder(), 'app.log.gz')))
    expect(found).toMatchObject({ ...expected, unpackedForTime: 1, unpackedForValue: 1 })
    expect(found.blocks).toBeGreaterThan(4)
    expect(found['unpackedForLevel']).toBeLessThan(found.blocks)
  })

  test('goes on after a member that is no block, such as the one that names an archive in a bundle', () => {
    const path = archive(join(temporaryFolder(), 'app.log.gz'))
    const marker = gzipSync('')
    writeFileSync(path, Buffer.concat([marker, readFileSync(path)]))
    expect(ask(path)).toMatchObject(expected)
  })
})
