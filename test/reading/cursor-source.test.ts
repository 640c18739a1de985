// Lines that a delayed writer adds to an archive after it was read from the cursor on.
import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parseOptions } from '../../src/options/parse-options.js'
import { oldest, type Cursor } from '../../src/policy/forwarding/cursor.js'
import { logOf } from '../../src/policy/names/archive-name.js'
import { settleMs } from '../../src/policy/settling.js'
import { CursorSource, type LineBatch } from '../../src/reading/cursor-source.js'
import { temporaryFolder } from '../cli/command-line.js'

let archive: string
let nowMs: number
let source: CursorSource

beforeEach(() => {
  const file = join(temporaryFolder(), 'app.log')
  archive = file.replace('app.log', 'app.20251001_121111.log')
  writeFileSync(archive, 'first\n')
  writeFileSync(file, 'third\n')
  const settings = parseOptions({ file })
  nowMs = 0
  source = new CursorSource({ log: logOf(settings), settings, clock: { now: () => nowMs, monotonic: () => nowMs }, onGap: () => { throw new Error('there is no gap') } })
})

afterEach(async () => { await source.close() })

async function readOn (cursor: Cursor): Promise<{ batches: LineBatch[], cursor: Cursor }> {
  const batches: LineBatch[] = []
  const reached = await source.readOn(cursor, async (batch) => { batches.push(batch) }, new AbortController().signal)
  return { batches, cursor: reached.cursor }
}

test('a late line of an archive is handed over before newer ones, with its own place, and the cursor stays', async () => {
  const begun = await readOn(oldest)
  nowMs = settleMs
  const settled = await readOn(begun.cursor)
  expect([...begun.batches, ...settled.batches].map(({ lines }) => lines.toString())).toEqual(['first\n', 'third\n'])

  appendFileSync(archive, 'second\n')
  const { batches, cursor } = await readOn(settled.cursor)
  expect(batches.map(({ lines }) => lines.toString())).toEqual(['second\n'])
  expect(batches[0]?.place).toMatchObject({ after: null, offset: 'first\n'.length })
  expect(batches[0]?.to).toEqual(settled.cursor)
  expect(cursor).toEqual(settled.cursor)

  appendFileSync(archive, 'and another\n')
  const again = await readOn(cursor)
  expect(again.batches.map(({ lines, place }) => [lines.toString(), place.offset])).toEqual([['and another\n', 'first\nsecond\n'.length]])
})
