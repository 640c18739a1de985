// Reading backwards with the place of each line.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { usualTimeKeys } from '../../../src/policy/lines/line-time.js'
import { fileSource } from '../../../src/reading/lines/file-source.js'
import { lastPlaces } from '../../../src/reading/lines/last-places.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

test.each([['a plain file', 'app.log', (lines: Buffer) => lines], ['an archive without blocks', 'app.log.gz', (lines: Buffer) => gzipSync(lines)]] as const)('finds the last lines among hundreds of thousands of short ones in %s', async (_, name, packed) => {
  const path = join(temporaryFolder(), name)
  writeFileSync(path, packed(Buffer.from('\n'.repeat(600_000))))
  const offsets: number[] = []
  const stop = await lastPlaces([fileSource(path)], {
    conditions: [],
    window: null,
    timeKeys: usualTimeKeys,
    context: 0,
    threads: 0,
    signal: new AbortController().signal,
    countMax: 3,
    toOffset: Infinity,
    goesOn: () => true,
    take: async ({ lines }) => { offsets.push(...lines.map(({ offset }) => offset)) },
    trouble: ({ kind }) => { throw new Error(kind) }
  })
  expect(offsets).toEqual([599_997, 599_998, 599_999])
  expect(stop).toMatchObject({ at: 599_997 })
})
