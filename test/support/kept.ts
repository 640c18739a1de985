// What a log keeps: its archives in the order of their names, unpacked, then the active file. It reads names in its own
// way, so that a mistake in the package's way shows.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import * as zlib from 'node:zlib'

export interface KeptFile {
  readonly name: string
  readonly content: Buffer
}

interface Numbered extends KeptFile {
  readonly stamp: string
  readonly n: number
}

const { zstdDecompressSync } = zlib as { zstdDecompressSync?: (packed: Buffer) => Buffer }

/** Whether this Node can pack with zstd. */
export const hasZstd = zstdDecompressSync !== undefined

/** The log's archives, oldest first. */
export function archivesOf (file: string): KeptFile[] {
  const extension = extname(file)
  const stem = basename(file, extension)
  const found: Numbered[] = []
  for (const name of readdirSync(dirname(file))) {
    if (!name.startsWith(`${stem}.`)) continue
    const match = /^(\d{8}(?:_\d{6})?)(?:\.(\d+))?(\.[a-z]+)?(\.gz|\.br|\.zst)?$/.exec(name.slice(stem.length + 1))
    if (match === null || !name.includes(extension)) continue
    const [, stamp = '', n = '0'] = match
    found.push({ name, stamp, n: Number(n), content: unpack(name, readFileSync(join(dirname(file), name))) })
  }
  return found.sort((a, b) => a.stamp === b.stamp ? a.n - b.n : a.stamp < b.stamp ? -1 : 1)
}

/** Everything that the log keeps, oldest first. */
export function filesOf (file: string): KeptFile[] {
  const active = existsSync(file) ? [{ name: basename(file), content: readFileSync(file) }] : []
  return [...archivesOf(file), ...active]
}

/** Every byte that the log keeps, in order. */
export function kept (file: string): Buffer {
  return Buffer.concat(filesOf(file).map(({ content }) => content))
}

/** Every line that the log keeps, in order. */
export function keptLines (file: string): string[] {
  return kept(file).toString().split('\n').filter((line) => line !== '')
}

/** What stands in the log's folder beside the log: leftovers, and what is not the log's. */
export function besides (file: string): string[] {
  const own = new Set(filesOf(file).map(({ name }) => name))
  return readdirSync(dirname(file)).filter((name) => !own.has(name)).sort()
}

function unpack (name: string, content: Buffer): Buffer {
  switch (extname(name)) {
    case '.gz': return zlib.gunzipSync(content)
    case '.br': return zlib.brotliDecompressSync(content)
    case '.zst': return (zstdDecompressSync ?? zstdMissing)(content)
    default: return content
  }
}

function zstdMissing (): never {
  throw new Error(`Node ${process.version} has no zstd`)
}
