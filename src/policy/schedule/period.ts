// The period of the active file, and the stamp for its archive.
import type { Settings } from '../../options/settings.js'
import { nextBoundary, periodStart } from './schedule.js'
import { formatStamp } from '../names/stamp.js'

export interface Period {
  /** An instant in the period: when the file was begun or last written. */
  readonly withinMs: number
  /** The boundary at which the file must rotate; `Infinity` without a schedule. */
  readonly endsMs: number
}

type PeriodSettings = Pick<Settings, 'rotation' | 'stamp' | 'timezone'>

/** The period that contains an instant. */
export function periodAt (atMs: number, { rotation }: PeriodSettings): Period {
  return { withinMs: atMs, endsMs: rotation === null ? Infinity : nextBoundary(atMs, rotation) }
}

/**
 * The period of a file that begins now. If the last period has not ended it is the same one, which saves a look at the
 * calendar.
 */
export function periodAfter (previous: Period, nowMs: number, settings: PeriodSettings): Period {
  const goesOn = settings.rotation !== null && nowMs >= previous.withinMs && nowMs < previous.endsMs
  return goesOn ? previous : periodAt(nowMs, settings)
}

/** The archive's stamp if a file of this period is rotated now. */
export function archiveStamp ({ withinMs }: Period, nowMs: number, { rotation, stamp, timezone }: PeriodSettings): string {
  switch (stamp) {
    case 'datetime': return formatStamp(nowMs, stamp, timezone)
    case 'date': return formatStamp(rotation === null ? withinMs : periodStart(withinMs, rotation), stamp, timezone)
  }
}
