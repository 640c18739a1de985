// Reading an archive of blocks from a cursor on: what is not wanted, or was read before, is passed over without being unpacked.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32, gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { formatMarker } from '../../src/disk/bundle/bundle-marker.js'
import { parseOptions } from '../../src/options/parse-options.js'
import { oldest, type Cursor } from '../../src/policy/forwarding/cursor.js'
import { logOf } from '../../src/policy/names/archive-name.js'
import { CursorSource, type LineBatch } from '../../src/reading/cursor-source.js'
import { block } from '../support/block.js'
import { temporaryFolder } from '../support/temporary-folder.js'

/** The stretches that were unpacked, by where they begin. */
const unpacked = vi.hoisted(() => [] as number[])

vi.mock('../../src/disk/compress/salvage.js', async (importOriginal) => {
  const original = await importOriginal<typeof import('../../src/disk/compress/salvage.js')>()
  return {
    ...original,
    unpackWhatCanBe: async (...args: Parameters<typeof original.unpackWhatCanBe>) => {
      unpacked.push(args[3]?.from ?? 0)
      return await original.unpackWhatCanBe(...args)
    }
  }
})

const linesOfBlock = 400

/** The lines of a block: the last one has the level. */
function linesOf (number: number, level: number): string {
  return Array.from({ length: linesOfBlock }, (_, index) => `{"level":${index === linesOfBlock - 1 ? level : 30},"time":1759312800000,"n":${number * linesOfBlock + index}}\n`).join('')
}

let folder: string
let damages: string[]
let gaps: number

beforeEach(() => {
  folder = temporaryFolder()
  damages = []
  gaps = 0
  unpacked.length = 0
})

async function readOn (levelMin: number | null, cursor: Cursor = oldest, batchesMax = Infinity): Promise<{ batches: LineBatch[], text: string, cursor: Cursor }> {
  const settings = parseOptions({ file: join(folder, 'app.log') })
  const source = new CursorSource({ log: logOf(settings), settings, clock: { now: () => 0, monotonic: () => 0 }, levelMin, onGap: () => { gaps++ }, onDamage: ({ code }) => { damages.push(code) } })
  const batches: LineBatch[] = []
  const enough = new Error('enough')
  let reached = cursor
  try {
    const read = await source.readOn(cursor, async (batch) => {
      if (batches.length >= batchesMax) throw enough
      batches.push(batch)
      reached = batch.to
    }, new AbortController().signal)
    reached = read.cursor
  } catch (error) {
    if (error !== enough) throw error
  }
  await source.close()
  return { batches, text: Buffer.concat(batches.map(({ lines }) => lines)).toString(), cursor: reached }
}

function writeArchive (blocks: readonly Buffer[]): { readonly path: string, readonly positions: number[] } {
  const path = join(folder, 'app.20251001_121111.log.gz')
  writeFileSync(path, Buffer.concat(blocks))
  return { path, positions: blocks.map((_, index) => blocks.slice(0, index).reduce((sum, { length }) => sum + length, 0)) }
}

test('unpacks only the blocks that have a line of the level', async () => {
  const levels = [30, 30, 50, 30, 40, 30]
  const { positions } = writeArchive(levels.map((level, number) => block(linesOf(number, level), level < 40)))
  const { text, batches, cursor } = await readOn(40)
  expect(text).toBe(linesOf(2, 50) + linesOf(4, 40))
  expect(damages).toEqual([])
  // The file's beginning is read once, for the cursor.
  expect(unpacked).toEqual([positions[2], 0, positions[4]])
  const linesBefore = (count: number): number => levels.slice(0, count).reduce((sum, level, number) => sum + linesOf(number, level).length, 0)
  expect(batches.map(({ place }) => place.offset)).toEqual([linesBefore(2), linesBefore(4)])
  expect(cursor).toEqual({ after: { stamp: '20251001_121111', n: 0 }, offset: 0, head: null })
})

test('unpacks nothing of an archive without a line of the level', async () => {
  writeArchive([0, 1, 2].map((number) => block(linesOf(number, 30), true)))
  expect((await readOn(40)).text).toBe('')
  expect({ unpacked, damages }).toEqual({ unpacked: [], damages: [] })
})

test('continues in the middle of an archive without unpacking the part that was read before', async () => {
  const levels = [50, 30, 50, 30, 50]
  const { positions } = writeArchive(levels.map((level, number) => block(linesOf(number, level))))
  const first = await readOn(40, oldest, 2)
  expect(first.text).toBe(linesOf(0, 50) + linesOf(2, 50))
  unpacked.length = 0
  const second = await readOn(40, first.cursor)
  expect(second.text).toBe(linesOf(4, 50))
  expect(unpacked).toEqual([0, positions[4]])
  expect(gaps).toBe(0)
})

test('starts over, and reports it, if another archive took the place of its own', async () => {
  writeArchive([50, 30, 50].map((level, number) => block(linesOf(number, level))))
  const { cursor } = await readOn(40, oldest, 1)
  writeArchive([block(linesOf(7, 50)), block(linesOf(8, 50))])
  expect((await readOn(40, cursor)).text).toBe(linesOf(7, 50) + linesOf(8, 50))
  expect(gaps).toBe(1)
})

test('unpacks a block whose header does not know every level', async () => {
  writeArchive([block('{"level":"mine","n":1}\n'), block('{"n":1,"level":"error"}\nno JSON\n')])
  expect((await readOn(40)).text).toBe('{"level":"mine","n":1}\n{"n":1,"level":"error"}\nno JSON\n')
})

test('passes over blocks of a bundle as well', async () => {
  const archive = [[30, true], [50, false]].map(([level, isSpoilt], number) => block(linesOf(number, level as number), isSpoilt as boolean))
  const content = linesOf(0, 30) + linesOf(1, 50)
  const sum = crc32(content)
  const marker = formatMarker({ name: 'app.20251001_121111.log', from: 0, to: content.length, checksumTo: sum, checksum: sum, packedBytes: Buffer.concat(archive).length })
  const bundles = join(folder, 'archive')
  mkdirSync(bundles)
  writeFileSync(join(bundles, 'app.202510.log.gz'), Buffer.concat([marker, ...archive]))
  expect((await readOn(40)).text).toBe(linesOf(1, 50))
  expect(damages).toEqual([])
})

describe('damage', () => {
  test('costs one block, and is reported', async () => {
    writeArchive([block(linesOf(0, 30)), block(linesOf(1, 30), true), block(linesOf(2, 30))])
    expect((await readOn(null)).text).toBe(linesOf(0, 30) + linesOf(2, 30))
    expect(damages).toEqual(['ERR_ROTOR_COPY_DAMAGED'])
  })

  test('of a header costs that block', async () => {
    const blocks = [0, 1, 2].map((number) => block(linesOf(number, 30)))
    blocks[1]?.fill(0, 0, 4)
    writeArchive(blocks)
    expect((await readOn(null)).text).toBe(linesOf(0, 30) + linesOf(2, 30))
    expect(damages).toEqual(['ERR_ROTOR_COPY_DAMAGED'])
  })

  test('keeps the place of the lines after it', async () => {
    writeArchive([block(linesOf(0, 50)), block(linesOf(1, 50), true), block(linesOf(2, 50)), block(linesOf(3, 30)), block(linesOf(4, 50))])
    const first = await readOn(40, oldest, 2)
    const second = await readOn(40, first.cursor)
    expect(first.text + second.text).toBe(linesOf(0, 50) + linesOf(2, 50) + linesOf(4, 50))
    expect(gaps).toBe(0)
  })
})

test('reads the archives of other tools, whole and in the middle of one', async () => {
  const text = linesOf(0, 50) + linesOf(1, 30)
  writeFileSync(join(folder, 'app.20251001_121111.log.gz'), gzipSync(text))
  const whole = await readOn(40)
  expect(whole.text).toBe(text)
  const { to } = whole.batches[0] as LineBatch
  const place = { ...to, offset: linesOf(0, 50).length }
  expect((await readOn(40, place)).text).toBe(linesOf(1, 30))
})
