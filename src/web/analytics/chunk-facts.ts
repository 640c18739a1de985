// What is known about the lines of a chunk: their times and their number by level. For a block of an archive its header says
// it, so that a histogram of all history unpacks nothing.
import type { BlockFacts } from '../../policy/blocks/block-header.js'
import { levelName } from '../../policy/lines/level.js'
import type { TimeSpan } from './likely-time.js'

export interface ChunkFacts extends TimeSpan {
  /** Without times from the future, or from a clock that was never set; null if it has no others. */
  readonly likely: TimeSpan | null
  readonly lines: number
  readonly linesBytes: number
  /** Lines by the number of their level; NaN for those without one. */
  readonly levels: ReadonlyArray<readonly [level: number, lines: number]>
}

/** The facts of a chunk; null if none of its lines has a time. */
export function chunkFacts ({ lines, times, levels }: Pick<BlockFacts, 'lines' | 'times' | 'levels'>, linesBytes: number, likelyOf: (span: TimeSpan) => TimeSpan | null): ChunkFacts | null {
  if (times === null) return null
  const known = levels.map(({ level, lines: count }): readonly [number, number] => [level, count])
  const rest = lines - known.reduce((sum, [, count]) => sum + count, 0)
  return { earliestMs: times.earliestMs, latestMs: times.latestMs, likely: likelyOf(times), lines, linesBytes, levels: rest > 0 ? [...known, [NaN, rest]] : known }
}

/** The name of a level in answers: pino's name, or the number; `none` for a line without one. */
export function shownLevel (level: number): string {
  return Number.isNaN(level) ? 'none' : levelName(level) ?? String(level)
}
