// A reader may be left at any step, for example when a browser is closed. Every file that was opened is closed then.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { usualTimeKeys } from '../../../src/policy/lines/line-time.js'
import { fileSource } from '../../../src/reading/lines/file-source.js'
import { LineReader, type ReadRequest } from '../../../src/reading/lines/line-reader.js'
import type { LineSource } from '../../../src/reading/lines/line-source.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

const request: ReadRequest = { conditions: [], window: null, timeKeys: usualTimeKeys, context: 0, threads: 0, signal: new AbortController().signal }
const files = 4

function counted (): { sources: LineSource[], counts: { opened: number, closed: number } } {
  const folder = temporaryFolder()
  const counts = { opened: 0, closed: 0 }
  const sources = Array.from({ length: files }, (_, index) => {
    const path = join(folder, `${index}.log`)
    writeFileSync(path, `{"n":${index}}\n`.repeat(3))
    const source = fileSource(path)
    const open: LineSource['open'] = async () => {
      const found = await source.open()
      if (found === null) return null
      counts.opened++
      const close = async (): Promise<void> => {
        counts.closed++
        await found.close()
      }
      return { ...found, close }
    }
    return { ...source, open }
  })
  return { sources, counts }
}

async function take (sources: readonly LineSource[], events: number): Promise<number> {
  let taken = 0
  for await (const event of new LineReader(sources, request).read()) {
    if (event.kind === 'lines') taken++
    if (taken >= events) break
  }
  return taken
}

test.each(Array.from({ length: files + 1 }, (_, events) => events))('a reader that is left after %i batches leaves no file open', async (events) => {
  const { sources, counts } = counted()
  await take(sources, events)
  expect(counts.opened).toBeGreaterThan(0)
  expect(counts.closed).toBe(counts.opened)
})
