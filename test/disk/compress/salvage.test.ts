// What is saved of a damaged archive: everything before the damage, once.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, deflateRawSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readFrom } from '../../../src/disk/open-file.js'
import { unpackWhatCanBe } from '../../../src/disk/compress/salvage.js'

const content = Buffer.from(Array.from({ length: 60_000 }, (_, n) => `{"n":${n},"x":"${Math.sin(n).toString(36).slice(2)}"}\n`).join(''))
let folder: string

beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'rotor-salvage-')) })
afterEach(() => { rmSync(folder, { recursive: true }) })

async function salvage (packed: Buffer, algorithm: 'gzip' | 'brotli' = 'gzip') {
  const path = join(folder, 'packed')
  writeFileSync(path, packed)
  const pieces: Buffer[] = []
  const damage = await readFrom(path, (file) => unpackWhatCanBe(file, algorithm, async (piece) => { pieces.push(Buffer.from(piece)) }))
  return { saved: Buffer.concat(pieces), code: damage?.code ?? null }
}

describe('a sound archive', () => {
  test.each([['gzip', gzipSync(content)], ['brotli', brotliCompressSync(content)]] as const)('of %s is given whole', async (algorithm, packed) => {
    const { saved, code } = await salvage(packed, algorithm)
    expect(code).toBeNull()
    expect(saved.equals(content)).toBe(true)
  })

  test('may have several members', async () => {
    expect((await salvage(Buffer.concat([gzipSync('one\n'), gzipSync('two\n')]))).saved.toString()).toBe('one\ntwo\n')
  })
})

describe('a damaged archive', () => {
  const packed = gzipSync(content)

  test.each([0.1, 0.5, 0.9])('that is cut off at %d gives every line in the rest', async (share) => {
    const { saved, code } = await salvage(packed.subarray(0, packed.length * share))
    expect(code).toBe('ERR_ROTOR_COPY_DAMAGED')
    expect(content.subarray(0, saved.length).equals(saved)).toBe(true)
    expect(saved.length).toBeGreaterThan(content.length * share * 0.8)
  })

  test('gives everything if only the checksum is wrong', async () => {
    const { saved, code } = await salvage(Buffer.concat([packed.subarray(0, -8), Buffer.alloc(8, 7)]))
    expect(code).toBe('ERR_ROTOR_COPY_DAMAGED')
    expect(saved.equals(content)).toBe(true)
  })

  test('gives every byte up to an invalid block, to the last', async () => {
    const half = content.subarray(0, content.length / 2)
    // A full flush ends in a byte boundary, and no block begins with these bits.
    const blocks = deflateRawSync(half, { finishFlush: 3 })
    const header = gzipSync('').subarray(0, 10)
    const { saved, code } = await salvage(Buffer.concat([header, blocks, Buffer.alloc(70_000, 0xff)]))
    expect(code).toBe('ERR_ROTOR_COPY_DAMAGED')
    expect(saved.equals(half)).toBe(true)
  })

  test('of brotli gives what comes before the damage', async () => {
    const sound = brotliCompressSync(content)
    const { saved, code } = await salvage(sound.subarray(0, sound.length / 2), 'brotli')
    expect(code).toBe('ERR_ROTOR_COPY_DAMAGED')
    expect(content.subarray(0, saved.length).equals(saved)).toBe(true)
    expect(saved.length).toBeGreaterThan(content.length / 3)
  })

  test('of nothing gives nothing', async () => {
    expect(await salvage(Buffer.alloc(0))).toEqual({ saved: Buffer.alloc(0), code: 'ERR_ROTOR_COPY_EMPTY' })
    expect(await salvage(Buffer.from('no gzip'))).toEqual({ saved: Buffer.alloc(0), code: 'ERR_ROTOR_COPY_DAMAGED' })
  })
})
