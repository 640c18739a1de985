// The check of cron expressions. croner reads more than is promised here (dates, nicknames, years), so the number of
// fields is checked first; what passes can be scheduled and comes true some day.
import { Cron } from 'croner'
import type { Reading } from '../faults/option-reading.js'
import { isError } from '../../errors.js'

// A fixed start keeps the check independent of the clock. Whether a pattern of 5 or 6 fields ever matches does not
// depend on where the search starts, nor on the zone.
const searchStart = new Date('2000-01-01T00:00:00Z')
const gapsMax = 12

/** Reads a cron expression of 5 or 6 fields, with single spaces between them in the result. */
export function parseCron (raw: string): Reading<string> {
  const fields = raw.trim().split(/\s+/)
  if ((fields.length !== 5 && fields.length !== 6) || raw.includes(':')) {
    return { expected: 'a cron expression of 5 fields (minute hour day month weekday) or 6 (seconds first)' }
  }
  const expression = fields.join(' ')
  try {
    const comesTrue = new Cron(expression, { timezone: 'UTC', paused: true, mode: '5-or-6-parts' }).nextRun(searchStart) !== null
    return comesTrue ? { value: expression } : { expected: 'a cron expression that comes true on some day' }
  } catch (cause) {
    const why = isError(cause) ? cause.message.replace(/^CronPattern: /, '') : 'unreadable'
    return { expected: `a cron expression that can be read (${why})` }
  }
}

/** The least time between two moments of an expression, among the first dozen: how long its periods are at least. */
export function shortestGapMs (expression: string): number {
  const moments = new Cron(expression, { timezone: 'UTC', paused: true }).nextRuns(gapsMax + 1, searchStart)
  const gapsMs = moments.slice(1).map((moment, index) => moment.getTime() - (moments[index]?.getTime() ?? 0))
  return Math.min(...gapsMs)
}
