// The survey of a log: what is known about the lines of its files, for a picture of all history.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { fileSource } from '../../../src/reading/lines/file-source.js'
import type { LineSource } from '../../../src/reading/lines/line-source.js'
import { ChunkSurveyor } from '../../../src/web/analytics/chunk-survey.js'
import { block } from '../../support/block.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

const { signal } = new AbortController()
const line = (n: number): string => `{"level":30,"time":${Date.UTC(2026, 0, 15) + n * 1000},"n":${n}}\n`

/** Archives with the contents, oldest first, and the names of those that were opened. */
function archives (contents: readonly Buffer[]): { sources: LineSource[], opened: string[] } {
  const folder = temporaryFolder()
  const opened: string[] = []
  const sources = contents.map((content, index) => {
    const name = join(folder, `${index}.gz`)
    writeFileSync(name, content)
    const source = fileSource(name)
    const open: LineSource['open'] = async () => {
      opened.push(String(index))
      return await source.open()
    }
    return { ...source, open }
  })
  return { sources, opened }
}

test('the newest file comes first, whether it has headers or is read by its lines', async () => {
  const linesOf = (n: number): string => line(n).repeat(n + 1)
  const { sources } = archives(Array.from({ length: 20 }, (_, n) => n % 3 === 0 ? gzipSync(linesOf(n)) : block(linesOf(n))))
  const { chunks, bytes, totalBytes } = await new ChunkSurveyor().survey(sources, signal)
  expect(chunks.map(({ lines }) => lines)).toEqual(Array.from({ length: 20 }, (_, n) => 20 - n))
  expect(bytes).toBe(totalBytes)
})

test('an archive is read once, since it does not change', async () => {
  const { sources, opened } = archives([0, 1].map((n) => block(line(n))))
  const surveyor = new ChunkSurveyor()
  const first = await surveyor.survey(sources, signal)
  expect(opened.length).toBe(2)
  expect(await surveyor.survey(sources, signal)).toEqual(first)
  expect(opened.length).toBe(2)
})

test('a client that leaves ends the survey', async () => {
  const { sources, opened } = archives(Array.from({ length: 20 }, (_, n) => block(line(n))))
  const leaving = new AbortController()
  const [newest, ...others] = [...sources].reverse()
  if (newest === undefined) throw new Error('no source')
  const open: LineSource['open'] = async () => {
    leaving.abort(new Error('gone'))
    return await newest.open()
  }
  await expect(new ChunkSurveyor().survey([...others.reverse(), { ...newest, open }], leaving.signal)).rejects.toThrow('gone')
  expect(opened.length).toBeLessThan(20)
})
