// Finds when one period ends and the next begins. A boundary belongs to the period that it begins. Croner knows the calendar
// and the zones. It is only asked for next boundaries. The previous one is derived from them, so the two never disagree.
import { Cron } from 'croner'
import type { Schedule } from '../../options/settings.js'

type CronSchedule = Extract<Schedule, { kind: 'cron' }>

const minuteMs = 60_000
// 127 years. No calendar rule waits longer, not even for a 29th of February that is a Monday, across the year 2100.
const lookBackMaxMs = minuteMs * 2 ** 26
const cronsMax = 64
const crons = new Map<string, Cron>()

/** The first boundary strictly after an instant; `Infinity` if there is none. */
export function nextBoundary (afterMs: number, schedule: Schedule): number {
  switch (schedule.kind) {
    case 'interval': return intervalStart(afterMs, schedule.everyMs) + schedule.everyMs
    case 'cron': return nextCronBoundary(afterMs, schedule)
  }
}

/** The latest boundary at or before an instant; `-Infinity` if there is none. */
export function periodStart (atMs: number, schedule: Schedule): number {
  switch (schedule.kind) {
    case 'interval': return intervalStart(atMs, schedule.everyMs)
    case 'cron': return lastBoundaryUpTo(atMs, schedule)
  }
}

function intervalStart (atMs: number, everyMs: number): number {
  const sinceMs = atMs % everyMs
  return atMs - (sinceMs < 0 ? sinceMs + everyMs : sinceMs)
}

function nextCronBoundary (afterMs: number, schedule: CronSchedule): number {
  const next = cronOf(schedule).nextRun(new Date(Math.floor(afterMs)))
  return next === null ? Infinity : next.getTime()
}

function lastBoundaryUpTo (atMs: number, schedule: CronSchedule): number {
  let boundaryMs = someBoundaryUpTo(atMs, schedule)
  if (boundaryMs === -Infinity) return boundaryMs
  // No boundary lies after this and up to atMs.
  let emptyFromMs = atMs
  while (nextCronBoundary(boundaryMs, schedule) <= atMs) {
    const middleMs = Math.floor((boundaryMs + emptyFromMs) / 2)
    const nextMs = nextCronBoundary(middleMs, schedule)
    if (nextMs <= atMs) boundaryMs = nextMs
    else emptyFromMs = middleMs
  }
  return boundaryMs
}

function someBoundaryUpTo (atMs: number, schedule: CronSchedule): number {
  for (let lookBackMs = minuteMs; lookBackMs <= lookBackMaxMs; lookBackMs *= 2) {
    const boundaryMs = nextCronBoundary(atMs - lookBackMs, schedule)
    if (boundaryMs <= atMs) return boundaryMs
  }
  return -Infinity
}

function cronOf ({ expression, timezone }: CronSchedule): Cron {
  const key = `${timezone} ${expression}`
  const known = crons.get(key)
  if (known !== undefined) return known
  // A list of hours is as fixed as a single hour. Each happens once on a day on which the clocks change.
  const cron = new Cron(expression, { timezone, fixedTimeRule: 'no-wildcard' })
  if (crons.size >= cronsMax) crons.clear()
  crons.set(key, cron)
  return cron
}
