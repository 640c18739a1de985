// Which times of lines a picture over time spans. One line from the future, or from a clock that was never set, would squeeze all others
// into one bucket.
import { LineSigns } from '../../policy/blocks/line-signs.js'

/** The year 2000. A clock that was never set shows an earlier time. */
const clockSetMs = 946_684_800_000
const futureMsMax = 86_400_000

export interface TimeSpan {
  readonly earliestMs: number
  readonly latestMs: number
}

/** Whether a line was probably written at that time. */
export function isLikely (atMs: number, nowMs: number): boolean {
  return atMs >= clockSetMs && atMs <= nowMs + futureMsMax
}

/** The span of the likely times of whole lines; null if there is none. */
export function likelySpan (lines: Buffer, nowMs: number): TimeSpan | null {
  const signs = new LineSigns()
  let [earliestMs, latestMs] = [Infinity, -Infinity]
  signs.begin(lines)
  for (let start = 0; start < lines.length;) {
    const found = lines.indexOf(0x0a, start)
    const end = found === -1 ? lines.length : found
    signs.read(start, end)
    if (typeof signs.time === 'number' && isLikely(signs.time, nowMs)) {
      earliestMs = Math.min(earliestMs, signs.time)
      latestMs = Math.max(latestMs, signs.time)
    }
    start = end + 1
  }
  return earliestMs > latestMs ? null : { earliestMs, latestMs }
}

/** The part of a span that is likely. Where only one of its ends is, that one is all of it. */
export function likelyPart ({ earliestMs, latestMs }: TimeSpan, nowMs: number): TimeSpan | null {
  if (isLikely(earliestMs, nowMs)) return { earliestMs, latestMs: isLikely(latestMs, nowMs) ? latestMs : earliestMs }
  return isLikely(latestMs, nowMs) ? { earliestMs: latestMs, latestMs } : null
}
