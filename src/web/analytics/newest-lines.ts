// Reads matching lines, newest file first, for a bounded time. If the time ends first, the result is a sample.
import { statSync } from 'node:fs'
import { systemClock } from '../../clock.js'
import { LineReader, type ReadRequest } from '../../reading/lines/line-reader.js'
import type { LineSource } from '../../reading/lines/line-source.js'
import type { Sample } from '../answer-shapes.js'

export interface NewestLinesRequest extends ReadRequest {
  readonly msMax: number
  readonly linesMax: number
  /** Takes whole lines. */
  readonly take: (lines: Buffer) => void
}

/** Reads until the bounds. Resolves to what was read of the files on the disk; everything if `bytes` is `totalBytes`. */
export async function readNewest (sources: readonly LineSource[], request: NewestLinesRequest): Promise<Sample> {
  const wanted = [...sources].reverse().filter(({ selection }) => selection !== 'skip')
  const sizes = new Map(wanted.map(({ name }) => [name, statSync(name, { throwIfNoEntry: false })?.size ?? 0]))
  const totalBytes = [...sizes.values()].reduce((sum, size) => sum + size, 0)
  const endMs = systemClock.monotonic() + request.msMax
  let lines = 0
  let current: LineSource | null = null
  let isWhole = true
  for await (const event of new LineReader(wanted, request).readPlaces()) {
    if (event.kind === 'trouble') continue
    current = event.source
    for (const { bytes } of event.lines) request.take(bytes)
    lines += event.lines.length
    if (lines < request.linesMax && systemClock.monotonic() < endMs) continue
    isWhole = false
    break
  }
  if (isWhole) return { lines, bytes: totalBytes, totalBytes }
  const finished = wanted.slice(0, wanted.findIndex(({ name }) => name === current?.name))
  const bytes = new Set(finished.map(({ name }) => name))
  return { lines, bytes: [...bytes].reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0), totalBytes }
}
