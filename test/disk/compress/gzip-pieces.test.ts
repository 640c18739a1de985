import { appendFileSync, closeSync, ftruncateSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { packInPieces, provePieces, type Descriptor, type PackedPieces } from '../../../src/disk/compress/gzip-pieces.js'

const mebibyte = 1024 * 1024

let folder: string
let source: Descriptor
let copy: Descriptor

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rotor-pieces-'))
  source = created('app.log')
  copy = created('app.log.gz')
})

afterEach(() => {
  for (const { fd } of [source, copy]) closeSync(fd)
  rmSync(folder, { recursive: true, force: true })
})

function created (name: string): Descriptor {
  const path = join(folder, name)
  return { fd: openSync(path, 'w+'), path }
}

function lines (bytes: number): Buffer {
  const text = Array.from({ length: Math.ceil(bytes / 60) }, (_, number) => JSON.stringify({ level: 30, id: (number * 2_654_435_761 % 4_294_967_296).toString(36), msg: 'request completed' })).join('\n')
  return Buffer.from(text.padEnd(bytes, '\n')).subarray(0, bytes)
}

function noise (bytes: number): Buffer {
  let state = 1
  return Buffer.from(Array.from({ length: bytes }, () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) >>> 24))
}

function packed (content: Buffer, level = 6): PackedPieces {
  writeFileSync(source.path, content)
  ftruncateSync(copy.fd)
  return packInPieces(source, copy, level)
}

function unpacksTo (content: Buffer): boolean {
  try {
    return gunzipSync(readFileSync(copy.path)).equals(content)
  } catch {
    return false
  }
}

test.each([0, 1, 32 * 1024, mebibyte - 1, mebibyte, mebibyte + 1, 3 * mebibyte + 5])('%i bytes become one gzip member that unpacks to them', (bytes) => {
  const content = lines(bytes)
  const result = packed(content)
  provePieces(copy, result)
  expect(result).toMatchObject({ sourceBytes: bytes, crc: crc32(content), compressedBytes: readFileSync(copy.path).length })
  expect(gunzipSync(readFileSync(copy.path)).equals(content)).toBe(true)
})

test.each([0, 1, 9])('level %i unpacks to the source, also where nothing can be made smaller', (level) => {
  const content = Buffer.concat([noise(mebibyte + 7), lines(mebibyte)])
  provePieces(copy, packed(content, level))
  expect(gunzipSync(readFileSync(copy.path)).equals(content)).toBe(true)
})

test('pieces take hardly more room than one stream', () => {
  const content = lines(4 * mebibyte)
  expect(packed(content).compressedBytes).toBeLessThan(gzipSync(content).length * 1.01)
})

test('what is appended after the packing does not count as proven', () => {
  const result = packed(lines(1000))
  appendFileSync(copy.path, 'x')
  expect(() => { provePieces(copy, result) }).toThrow(expect.objectContaining({ code: 'ERR_ROTOR_COPY_DAMAGED', path: copy.path }))
})

// A few bits between two pieces fill up a byte and mean nothing: with those changed, zlib unpacks the same.
test('any changed bit of a copy is found that a reader would notice', () => {
  const content = lines(2 * mebibyte)
  const result = packed(content)
  const size = result.compressedBytes
  fc.assert(fc.property(fc.oneof(fc.nat(size - 1), fc.nat(30).map((before) => size - 1 - before)), fc.nat(7), (position, bit) => {
    const byte = readFileSync(copy.path)[position] ?? 0
    writeSync(copy.fd, Buffer.from([byte ^ (1 << bit)]), 0, 1, position)
    if (!unpacksTo(content)) expect(() => { provePieces(copy, result) }).toThrow(expect.objectContaining({ code: 'ERR_ROTOR_COPY_DAMAGED' }))
    writeSync(copy.fd, Buffer.from([byte]), 0, 1, position)
  }), { numRuns: 60 })
  provePieces(copy, result)
})
