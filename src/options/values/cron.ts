// Checks cron expressions. croner accepts more than is documented here (dates, nicknames, years), so the number of fields is checked first. An expression
// that passes can be scheduled and comes true some day.
import { Cron } from 'croner'
import type { Reading } from '../faults/option-reading.js'
import { isError } from '../../errors.js'

// A fixed start keeps the check independent of the clock. Whether 5 or 6 fields ever match depends neither on the start of the search nor on the
// zone.
const searchStart = new Date('2000-01-01T00:00:00Z')
const gapsMax = 12

/** Parses a cron expression of 5 or 6 fields. The result has single spaces between them. */
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

/** The shortest period of an expression, among its first dozen. */
export function shortestGapMs (expression: string): number {
  const moments = new Cron(expression, { timezone: 'UTC', paused: true }).nextRuns(gapsMax + 1, searchStart)
  const gapsMs = moments.slice(1).map((moment, index) => moment.getTime() - (moments[index]?.getTime() ?? 0))
  return gapsMs.reduce((a, b) => Math.min(a, b), Infinity)
}
