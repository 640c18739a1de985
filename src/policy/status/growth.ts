// How fast a log grows: which stretch of time each file was written in, and how many bytes that makes a day. An archive was
// begun when the one before it was rotated out, so names and sizes tell it all and no file needs to be read.
import { instantOf, wallClock } from '../schedule/wall-clock.js'

/** A file of the log and the stretch of time that its lines were written in. */
export interface WrittenSpan {
  /** When it was begun; null where nothing tells. */
  readonly fromMs: number | null
  readonly toMs: number
  /** Bytes of log lines; null where they are compressed and their size is not known. */
  readonly writtenBytes: number | null
  /** Bytes on the disk. */
  readonly storedBytes: number
  readonly isArchive: boolean
}

export interface Growth {
  /** When the measured stretch begins; it ends now. */
  readonly fromMs: number
  readonly writtenBytesPerDay: number | null
  readonly storedBytesPerDay: number
  readonly archivesPerDay: number
}

export interface DayBytes {
  /** As `YYYY-MM-DD`. */
  readonly day: string
  readonly writtenBytes: number | null
  readonly storedBytes: number
}

/** How many days are told one by one. */
export const daysShown = 14

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** Long enough for a weekend to be in it, short enough to follow a change. */
const measuredMsMax = 7 * dayMs
/** A shorter stretch says nothing about a day. */
const measuredMsMin = hourMs

/** Measures the growth over the last week, or as far back as the files tell; null where that is less than an hour. */
export function measureGrowth (spans: readonly WrittenSpan[], nowMs: number): Growth | null {
  const begunMs = Math.min(...spans.map(({ fromMs, toMs }) => fromMs ?? toMs))
  const fromMs = Math.max(begunMs, nowMs - measuredMsMax)
  if (!(nowMs - fromMs >= measuredMsMin)) return null
  const measured = spans.filter((span) => span.fromMs !== null && span.toMs > fromMs)
  const sum = sumWithin(measured, fromMs, nowMs)
  const days = (nowMs - fromMs) / dayMs
  return {
    fromMs,
    writtenBytesPerDay: sum.writtenBytes === null ? null : sum.writtenBytes / days,
    storedBytesPerDay: sum.storedBytes / days,
    archivesPerDay: measured.filter(({ isArchive }) => isArchive).length / days
  }
}

/** Bytes on each of the last days of the zone's calendar, oldest first and today last. */
export function bytesByDay (spans: readonly WrittenSpan[], nowMs: number, timezone: string, dayCount: number): DayBytes[] {
  const today = Math.floor(wallClock(nowMs, timezone) / dayMs)
  return Array.from({ length: dayCount }, (_, index) => {
    const day = today - dayCount + 1 + index
    const sum = sumWithin(spans, instantOf(day * dayMs, timezone), instantOf((day + 1) * dayMs, timezone))
    return {
      day: new Date(day * dayMs).toISOString().slice(0, 10),
      writtenBytes: sum.writtenBytes === null ? null : Math.round(sum.writtenBytes),
      storedBytes: Math.round(sum.storedBytes)
    }
  })
}

/** Days until an amount that grows at a steady rate reaches its limit: 0 where it has, null where it will not. */
export function daysUntil (current: number, limit: number, perDay: number | null): number | null {
  if (current >= limit) return 0
  return perDay === null || perDay <= 0 ? null : (limit - current) / perDay
}

function sumWithin (spans: readonly WrittenSpan[], fromMs: number, toMs: number): { writtenBytes: number | null, storedBytes: number } {
  let writtenBytes: number | null = 0
  let storedBytes = 0
  for (const span of spans) {
    const share = shareWithin(span, fromMs, toMs)
    if (share === 0) continue
    writtenBytes = writtenBytes === null || span.writtenBytes === null ? null : writtenBytes + span.writtenBytes * share
    storedBytes += span.storedBytes * share
  }
  return { writtenBytes, storedBytes }
}

// Lines are taken to be spread evenly over their file's span. One without a length lies where it ends.
function shareWithin (span: WrittenSpan, fromMs: number, toMs: number): number {
  const begunMs = span.fromMs ?? span.toMs
  if (begunMs >= span.toMs) return span.toMs > fromMs && span.toMs <= toMs ? 1 : 0
  const overlapMs = Math.min(toMs, span.toMs) - Math.max(fromMs, begunMs)
  return Math.max(0, overlapMs) / (span.toMs - begunMs)
}
