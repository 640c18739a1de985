// Which files may hold byte order marks in their midst, and their lines without them.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32, deflateRawSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mayHoldMarks, withoutMarks } from '../../../../src/cli/commands/query/byte-order-marks.js'
import { chunkBytes } from '../../../../src/disk/open-file.js'
import { blockHeaderBytes } from '../../../../src/policy/blocks/block-header.js'
import { BlockScan } from '../../../../src/policy/blocks/block-scan.js'
import { temporaryFolder } from '../../../support/temporary-folder.js'

const never = new AbortController().signal

test('finds a mark before a line wherever the file is read in pieces', async () => {
  const path = join(temporaryFolder(), 'app.log')
  for (let before = chunkBytes - 5; before <= chunkBytes + 1; before++) {
    writeFileSync(path, `${' '.repeat(before)}\n\ufeff{}\n`)
    expect(await mayHoldMarks(path, never), String(before)).toBe(true)
  }
  writeFileSync(path, `\ufeff{}\n${' '.repeat(chunkBytes)} \ufeff\n`)
  expect(await mayHoldMarks(path, never)).toBe(false)
})

describe('of a gzip file, looks at the beginning of each member', () => {
  const lines = Array.from({ length: 3000 }, (_, n) => `{"n":${n},"reqId":"${Math.sin(n).toString(36).slice(2)}"}\n`).join('')
  const foundIn = async (...members: Buffer[]): Promise<boolean> => {
    const path = join(temporaryFolder(), 'app.log.gz')
    writeFileSync(path, Buffer.concat(members))
    return await mayHoldMarks(path, never)
  }

  test('also of one that is behind others, and wherever the file is read in pieces', async () => {
    expect(await foundIn(gzipSync(lines), gzipSync(lines), gzipSync(`\ufeff${lines}`), gzipSync(lines))).toBe(true)
    const padding = (bytes: number): Buffer => Buffer.concat([gzipSync('x\n'), Buffer.alloc(bytes)])
    const taken = padding(0).length
    for (let before = chunkBytes - 3; before <= chunkBytes + 1; before++) expect(await foundIn(padding(before - taken), gzipSync('\ufeff{}\n')), String(before)).toBe(true)
  })

  test('also of a block with a long header', async () => {
    const marked = (text: string): Buffer => {
      const bytes = Buffer.from(text)
      const packed = deflateRawSync(bytes)
      const trailer = Buffer.alloc(8)
      trailer.writeUInt32LE(crc32(bytes), 0)
      trailer.writeUInt32LE(bytes.length, 4)
      return Buffer.concat([new BlockScan(['reqId']).describe(bytes).format({ packedBytes: packed.length, linesBytes: bytes.length, linesChecksum: crc32(bytes) }), packed, trailer])
    }
    expect(blockHeaderBytes(marked(lines))).toBeGreaterThan(4096)
    expect(await foundIn(marked(lines), marked(`\ufeff${lines}`))).toBe(true)
    expect(await foundIn(marked(lines), marked(lines))).toBe(false)
  })

  test('and takes so many members that each would cost time for members with marks', async () => {
    const member = gzipSync('{}\n')
    expect(await foundIn(...Array.from({ length: 200 }, () => member))).toBe(false)
    expect(await foundIn(...Array.from({ length: 10_001 }, () => member))).toBe(true)
  })

  test('and is not misled by bytes that look like a member', async () => {
    expect(await foundIn(gzipSync(lines), Buffer.from('1f8b0804ffffffff', 'hex'), Buffer.alloc(50, '\ufeff{}\n'))).toBe(false)
  })
})

test('leaves out one mark before each line, and nothing else', () => {
  fc.assert(fc.property(fc.array(fc.constantFrom('\ufeff', '\n', 'x'), { maxLength: 12 }), (parts) => {
    const text = parts.join('')
    expect(Buffer.concat([...withoutMarks(Buffer.from(text))]).toString()).toBe(text.replaceAll(/^\ufeff/gm, ''))
  }))
})
