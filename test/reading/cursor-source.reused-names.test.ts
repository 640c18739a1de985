// Archives that were deleted by hand, and later ones that get their names again on the same day: none of the later ones is passed over.
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { formatMarker } from '../../src/disk/bundle/bundle-marker.js'
import { parseOptions } from '../../src/options/parse-options.js'
import { crc32 } from '../../src/platform/crc32.js'
import { oldest, type Cursor } from '../../src/policy/forwarding/cursor.js'
import { logOf } from '../../src/policy/names/archive-name.js'
import { CursorSource } from '../../src/reading/cursor-source.js'
import { temporaryFolder } from '../cli/command-line.js'

const nowMs = Date.UTC(2025, 9, 1, 12)
const names = ['app.20251001.log', 'app.20251001.1.log', 'app.20251001.2.log'] as const
let folder: string

beforeEach(() => { folder = temporaryFolder() })

const pathOf = (name: string): string => join(folder, name)

/** Reads as one forwarder does, look by look. */
function looks (): () => Promise<string> {
  const settings = parseOptions({ file: pathOf('app.log'), stamp: 'date', bundle: {} })
  const source = new CursorSource({ log: logOf(settings), settings, clock: { now: () => nowMs, monotonic: () => 0 }, graceMs: 0, onGap: () => { throw new Error('there is no gap') } })
  onTestFinished(async () => { await source.close() })
  let cursor: Cursor = oldest
  return async () => {
    let text = ''
    const reached = await source.readOn(cursor, async ({ lines }) => { text += lines.toString() }, new AbortController().signal)
    cursor = reached.cursor
    return text
  }
}

function rotate (name: string): void {
  renameSync(pathOf('app.log'), pathOf(name))
  writeFileSync(pathOf('app.log'), '')
}

function bundle (name: string, content: string): void {
  mkdirSync(pathOf('archive'))
  const packed = gzipSync(content)
  const checksum = crc32(Buffer.from(content), 0)
  writeFileSync(join(folder, 'archive', 'app.202510.log.gz'), Buffer.concat([formatMarker({ name, from: 0, to: content.length, checksumTo: checksum, checksum, packedBytes: packed.length }), packed]))
}

test.each([
  ['nothing of the active file was sent, and older archives remain', '', false],
  ['a part of the active file was sent, and older archives remain', 'active\n', false],
  ['nothing of the active file was sent, and an older archive is in a bundle', '', true],
  ['a part of the active file was sent, and an older archive is in a bundle', 'active\n', true]
])('hands over an archive that gets the name of one that was deleted, where %s', async (_, active, isBundled) => {
  if (isBundled) bundle(names[0], 'one\n')
  else writeFileSync(pathOf(names[0]), 'one\n')
  writeFileSync(pathOf(names[1]), 'two\n')
  writeFileSync(pathOf(names[2]), 'three\n')
  writeFileSync(pathOf('app.log'), active)
  const look = looks()
  expect(await look()).toBe(`one\ntwo\nthree\n${active}`)
  for (const name of names.slice(1)) rmSync(pathOf(name))
  expect(await look()).toBe('')

  writeFileSync(pathOf('app.log'), `${active}four\n`)
  rotate(names[1])
  writeFileSync(pathOf('app.log'), 'five\n')
  rotate(names[2])
  expect(await look()).toBe('four\nfive\n')
})

test('hands over nothing twice where the newest archive that was sent is in a bundle', async () => {
  writeFileSync(pathOf(names[0]), 'one\n')
  writeFileSync(pathOf(names[1]), 'two\n')
  writeFileSync(pathOf('app.log'), '')
  const look = looks()
  expect(await look()).toBe('one\ntwo\n')
  bundle(names[1], 'two\n')
  rmSync(pathOf(names[1]))
  expect(await look()).toBe('')
  rmSync(pathOf(names[0]))
  expect(await look()).toBe('')
})

test('hands over an archive that was bundled before it was sent, although one before it was deleted', async () => {
  writeFileSync(pathOf(names[0]), 'one\n')
  writeFileSync(pathOf(names[1]), 'two\n')
  writeFileSync(pathOf('app.log'), '')
  const look = looks()
  expect(await look()).toBe('one\ntwo\n')
  bundle(names[2], 'three\n')
  rmSync(pathOf(names[1]))
  expect(await look()).toBe('three\n')
})
