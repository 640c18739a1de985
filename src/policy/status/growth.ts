// Measures how fast a log grows: when each file was written, and how many bytes that makes a day. An archive begins when the
// one before it was rotated, so names and sizes are enough and no file is read.
import { instantOf, wallClock } from '../schedule/wall-clock.js'

/** A file of the log, and when its lines were written. */
export interface WrittenSpan {
  /** When it was begun; null if unknown. */
  readonly fromMs: number | null
  readonly toMs: number
  /** Bytes of log lines; null for a compressed file of unknown unpacked size. */
  readonly writtenBytes: number | null
  /** Bytes on the disk. */
  readonly storedBytes: number
  readonly isArchive: boolean
}

export interface Growth {
  /** When the measured time begins. It ends now. */
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

/** How many days are listed one by one. */
export const daysShown = 14

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** Long enough to include a weekend, and short enough to follow a change. */
const measuredMsMax = 7 * dayMs
/** A shorter time says nothing about a day. */
const measuredMsMin = hourMs

/** Measures the growth over the last week, or since the first file; null if that is less than an hour. */
export function measureGrowth (spans: readonly WrittenSpan[], nowMs: number): Growth | null {
  const begunMs = spans.reduce((leastMs, { fromMs, toMs }) => Math.min(leastMs, fromMs ?? toMs), Infinity)
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

/** Bytes on each of the last days in the zone's calendar, oldest first, today last. */
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

/** Days until an amount that grows at a steady rate reaches its limit: 0 if it has, null if it will not. */
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

// Lines count as spread evenly over their file's span. A span without a length counts at its end.
function shareWithin (span: WrittenSpan, fromMs: number, toMs: number): number {
  const begunMs = span.fromMs ?? span.toMs
  if (begunMs >= span.toMs) return span.toMs > fromMs && span.toMs <= toMs ? 1 : 0
  const overlapMs = Math.min(toMs, span.toMs) - Math.max(fromMs, begunMs)
  return Math.max(0, overlapMs) / (span.toMs - begunMs)
}
