// Bundles that hold their archives in several stretches, or in another order than that of their names.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeEach, expect, test } from 'vitest'
import { formatMarker } from '../../src/disk/bundle/bundle-marker.js'
import { parseOptions } from '../../src/options/parse-options.js'
import { crc32 } from '../../src/platform/crc32.js'
import { oldest, type Cursor } from '../../src/policy/forwarding/cursor.js'
import { logOf } from '../../src/policy/names/archive-name.js'
import { CursorSource } from '../../src/reading/cursor-source.js'
import { block } from '../support/block.js'
import { temporaryFolder } from '../cli/command-line.js'

let folder: string
let gaps: number

beforeEach(() => {
  folder = temporaryFolder()
  gaps = 0
  mkdirSync(join(folder, 'archive'))
  writeFileSync(join(folder, 'app.log'), 'active\n')
})

/** A stretch of an archive's content in a bundle. `packed` is its gzip data. */
function stretch (name: string, content: string, from: number, to: number, packed: Buffer = gzipSync(content.slice(from, to))): Buffer {
  const part = Buffer.from(content.slice(from, to))
  const entry = { name, from, to, checksumTo: crc32(Buffer.from(content.slice(0, to)), 0), checksum: crc32(part, 0), packedBytes: packed.length }
  return Buffer.concat([formatMarker(entry), packed])
}

function bundle (stamp: string, ...stretches: Buffer[]): void {
  writeFileSync(join(folder, 'archive', `app.${stamp}.log.gz`), Buffer.concat(stretches))
}

/** Reads on, and stops after so many batches, as a crash does after an acknowledgement. */
async function readOn (cursor: Cursor = oldest, batchesMax = Infinity): Promise<{ text: string, cursor: Cursor }> {
  const settings = parseOptions({ file: join(folder, 'app.log'), bundle: {} })
  const source = new CursorSource({ log: logOf(settings), settings, clock: { now: () => 0, monotonic: () => 0 }, onGap: () => { gaps++ } })
  let text = ''
  let saved = cursor
  let batches = 0
  try {
    const reached = await source.readOn(cursor, async ({ lines, to }) => {
      if (batches++ >= batchesMax) throw new Error('killed')
      text += lines.toString()
      saved = to
    }, new AbortController().signal)
    return { text, cursor: reached.cursor }
  } catch {
    return { text, cursor: saved }
  } finally {
    await source.close()
  }
}

const [first, second] = ['app.20251001_121111.log', 'app.20251002_121111.log']

test('hands over both stretches of an archive that grew between two runs', async () => {
  bundle('202510', stretch(first, 'one\ntwo\n', 0, 4), stretch(first, 'one\ntwo\n', 4, 8))
  expect((await readOn()).text).toBe('one\ntwo\nactive\n')
  expect(gaps).toBe(0)
})

test('hands over a later stretch of an archive before the archives that come after it', async () => {
  bundle('202510', stretch(first, 'one\ntwo\n', 0, 4), stretch(second, 'three\n', 0, 6), stretch(first, 'one\ntwo\n', 4, 8))
  expect((await readOn()).text).toBe('one\ntwo\nthree\nactive\n')
})

test('hands over both contents of a name that was given twice', async () => {
  bundle('202510', stretch(first, 'one\n', 0, 4), stretch(second, 'three\n', 0, 6), stretch(first, 'another\n', 0, 8))
  expect((await readOn()).text).toBe('one\nanother\nthree\nactive\n')
})

test('hands over an archive that was bundled after a newer one', async () => {
  bundle('202510', stretch(second, 'three\n', 0, 6), stretch(first, 'one\n', 0, 4))
  expect((await readOn()).text).toBe('one\nthree\nactive\n')
})

test('hands over an archive that is no part of the bundle although a newer one is, such as one that cannot be bundled', async () => {
  bundle('202510', stretch(second, 'three\n', 0, 6))
  writeFileSync(join(folder, `${first}.gz`), gzipSync('one\n'))
  expect((await readOn()).text).toBe('one\nthree\nactive\n')
})

test.each([false, true])('goes on after each acknowledgement where the stretches are longer than a batch (in blocks: %s)', async (inBlocks) => {
  const content = Array.from({ length: 400 }, (_, index) => `${index} ${'x'.repeat(10_000)}\n`).join('')
  const middle = content.indexOf('\n', content.length / 2) + 1
  const parts = [[0, middle], [middle, content.length]] as const
  bundle('202510', ...parts.map(([from, to]) => stretch(first, content, from, to, inBlocks ? block(content.slice(from, to)) : gzipSync(content.slice(from, to)))))
  let text = ''
  let cursor = oldest
  for (let start = 0; start < 20 && !text.endsWith('active\n'); start++) {
    const reached = await readOn(cursor, 1)
    text += reached.text
    cursor = reached.cursor
  }
  expect(text === `${content}active\n`).toBe(true)
  expect(gaps).toBe(0)
})
