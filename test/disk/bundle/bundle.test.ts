// A bundle on the disk: one gzip file for every reader, with an index for us, and each member proven.
import { execFileSync } from 'node:child_process'
import { appendFileSync, chmodSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { surveyBundle, surveySource, writeBundle, type BundleSource, type SurveyedSource } from '../../../src/disk/bundle/bundle.js'
import { formatMarker, markerBytesMax, parseMarker } from '../../../src/disk/bundle/bundle-marker.js'
import { computedCrc32, crc32 } from '../../../src/platform/crc32.js'
import type { Codec } from '../../../src/options/settings.js'

let folder: string
let bundle: string
let temporary: string
const plainName = 'app.202510.log'
const never = new AbortController().signal

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rotor-bundle-'))
  bundle = join(folder, 'app.202510.log.gz')
  temporary = join(folder, '.bundle')
})

afterEach(() => { rmSync(folder, { recursive: true }) })

function source (name: string, content: string | Buffer, codec: Codec | null = null): BundleSource {
  const path = join(folder, `${name}.source`)
  writeFileSync(path, codec === 'gzip' ? gzipSync(content) : codec === 'brotli' ? brotliCompressSync(content) : content)
  return { path, name, codec }
}

/** Does what a run does: surveys, writes what is new, and publishes it. */
async function joinAll (...sources: BundleSource[]): Promise<SurveyedSource[]> {
  const standing = await surveyBundle(bundle, plainName, never)
  const surveyed = []
  for (const wanted of sources) surveyed.push(await surveySource(wanted, standing, never))
  await writeBundle({ temporary, standing, sources: surveyed.filter(({ bytes, joinedBytes }) => joinedBytes < bytes), level: 6, signal: never })
  copyFileSync(temporary, bundle)
  rmSync(temporary)
  return surveyed
}

function unpacked (): string {
  return gunzipSync(readFileSync(bundle)).toString()
}

test('holds plain, gzip and brotli archives in order as one gzip file that gzip itself reads and tests', async () => {
  await joinAll(source('a.log', 'a\n'), source('b.log', 'b\n', 'gzip'), source('c.log', 'c\n', 'brotli'))
  expect(unpacked()).toBe('a\nb\nc\n')
  expect(execFileSync('gzip', ['-t', bundle]).length).toBe(0)
  expect(execFileSync('zcat', [bundle]).toString()).toBe('a\nb\nc\n')
})

test('copies a gzip archive byte for byte, without packing it again', async () => {
  const gzip = source('b.log', 'b\n'.repeat(1000), 'gzip')
  const packed = gzipSync('b\n'.repeat(1000), { level: 1 })
  writeFileSync(gzip.path, packed)
  await joinAll(source('a.log', 'a\n'), gzip)
  expect(readFileSync(bundle).includes(packed)).toBe(true)
})

test('adds to an existing bundle without changing a byte of it', async () => {
  await joinAll(source('b.log', 'b\n'))
  const before = readFileSync(bundle)
  await joinAll(source('a.log', 'a\n'))
  expect(readFileSync(bundle).subarray(0, before.length).equals(before)).toBe(true)
  expect(unpacked()).toBe('b\na\n')
})

test('recognises archives that it has, packed or plain, and does not add them again', async () => {
  await joinAll(source('a.log', 'a\n'), source('b.log', 'b\n'))
  const [a, b, other] = await joinAll(source('a.log', 'a\n', 'gzip'), source('b.log', 'b\n', 'brotli'), source('c.log', 'a\n'))
  expect([a, b, other].map((surveyed) => [surveyed?.joinedBytes, surveyed?.bytes])).toEqual([[2, 2], [2, 2], [0, 2]])
  expect(unpacked()).toBe('a\nb\na\n')
})

test('adds an archive under a name that it has if the content differs', async () => {
  await joinAll(source('a.log', 'first\n'))
  await joinAll(source('a.log', 'other and longer\n'))
  await joinAll(source('a.log', 'other and longer\n'))
  expect(unpacked()).toBe('first\nother and longer\n')
})

test.each<Codec | null>([null, 'gzip', 'brotli'])('takes only the rest of an archive that grew after it was joined (%s)', async (algorithm) => {
  await joinAll(source('a.log', 'one\n'), source('b.log', 'b\n'))
  await joinAll(source('a.log', 'one\ntwo\n', algorithm))
  await joinAll(source('a.log', 'one\ntwo\nthree\n'))
  await joinAll(source('a.log', 'one\ntwo\nthree\n'), source('a.log', 'one\ntwo\n'))
  expect(unpacked()).toBe('one\nb\ntwo\nthree\n')
})

test('keeps a bundle that another program made or appended to, and recognizes its content from then on', async () => {
  writeFileSync(bundle, gzipSync('theirs\n'))
  await joinAll(source('a.log', 'a\n'))
  appendFileSync(bundle, Buffer.concat([gzipSync('appended\n'), gzipSync('twice\n')]))
  await joinAll(source('b.log', 'b\n'))
  await joinAll(source('c.log', 'c\n'), source('a.log', 'a\n'))
  expect(unpacked()).toBe('theirs\na\nappended\ntwice\nb\nc\n')
  expect((await surveyBundle(bundle, plainName, never))?.entries.map(({ name }) => name)).toEqual([plainName, 'a.log', plainName, 'b.log', 'c.log'])
})

test.each([
  ['cut short', (bytes: Buffer) => bytes.subarray(0, -3)],
  ['followed by what is no gzip', (bytes: Buffer) => Buffer.concat([bytes, Buffer.from('no gzip')])],
  ['damaged in a member', (bytes: Buffer) => { const copy = Buffer.from(bytes); copy[copy.length - 12] = (copy.at(-12) ?? 0) ^ 1; return copy }]
])('stays unchanged if it is %s', async (_what, damage) => {
  await joinAll(source('a.log', 'a\n'.repeat(100)))
  const damaged = damage(readFileSync(bundle))
  writeFileSync(bundle, damaged)
  await expect(joinAll(source('b.log', 'b\n'))).rejects.toMatchObject({ code: 'ERR_ROTOR_COPY_DAMAGED' })
  expect(readFileSync(bundle).equals(damaged)).toBe(true)
  expect(existsSync(temporary)).toBe(false)
})

test('refuses a source that changed between its survey and its copy', async () => {
  const changing = source('a.log', 'first\n')
  const surveyed = await surveySource(changing, null, never)
  writeFileSync(changing.path, 'other\n')
  await expect(writeBundle({ temporary, standing: null, sources: [surveyed], level: 6, signal: never })).rejects.toMatchObject({ code: 'ERR_ROTOR_COPY_DAMAGED' })
  expect(existsSync(temporary)).toBe(false)
})

test('has the mode of its archives, or keeps its own, and the time of the newest', async () => {
  const [older, newer] = [source('a.log', 'a\n'), source('b.log', 'b\n')]
  for (const [{ path }, seconds] of [[older, 1000], [newer, 2000]] as const) {
    chmodSync(path, 0o640)
    utimesSync(path, seconds, seconds)
  }
  const standing = null
  const sources = [await surveySource(older, standing, never), await surveySource(newer, standing, never)]
  await writeBundle({ temporary, standing, sources, level: 6, signal: never })
  expect([statSync(temporary).mode & 0o777, statSync(temporary).mtimeMs]).toEqual([0o640, 2_000_000])
  copyFileSync(temporary, bundle)
  rmSync(temporary)
  chmodSync(bundle, 0o600)
  await joinAll(source('c.log', 'c\n'))
  chmodSync(bundle, 0o600)
  const again = await surveyBundle(bundle, plainName, never)
  await writeBundle({ temporary, standing: again, sources: [await surveySource(source('d.log', 'd\n'), again, never)], level: 6, signal: never })
  expect(statSync(temporary).mode & 0o777).toBe(0o600)
})

test('reads back any marker that it writes, and none from any other bytes', () => {
  const names = fc.string({ unit: 'grapheme', maxLength: 60 }).filter((name) => !name.includes('\0'))
  const entries = fc.record({
    name: names, from: fc.maxSafeNat(), to: fc.maxSafeNat(), checksumTo: fc.nat(0xffffffff), checksum: fc.nat(0xffffffff), packedBytes: fc.maxSafeNat()
  })
  fc.assert(fc.property(entries, fc.uint8Array(), (entry, more) => {
    const marker = formatMarker(entry)
    expect(marker.length).toBeLessThanOrEqual(markerBytesMax)
    expect(parseMarker(Buffer.concat([marker, more]))).toEqual({ entry, markerBytes: marker.length })
    expect(gunzipSync(marker).length).toBe(0)
    for (let end = 0; end < marker.length; end++) expect(parseMarker(marker.subarray(0, end))).toBeNull()
  }))
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => { expect(parseMarker(Buffer.from(bytes))).toBeNull() }))
})

test('the checksum is the same on every Node, in pieces or in one call', () => {
  expect(computedCrc32(Buffer.from('123456789'), 0)).toBe(0xcbf43926)
  fc.assert(fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
    const [first, second] = [Buffer.from(a), Buffer.from(b)]
    expect(computedCrc32(second, computedCrc32(first, 0))).toBe(crc32(Buffer.concat([first, second]), 0))
  }))
})
