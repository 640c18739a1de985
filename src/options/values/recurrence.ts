// Parses `frequency` and `sweep`: a word, a duration or a cron expression. The zone is another option, so it is added once both have been parsed.
import type { Schedule } from '../settings.js'
import { parseCron } from './cron.js'
import { parseDuration } from './duration.js'
import { nearest } from '../faults/nearest.js'
import type { Period } from '../options.js'
import type { Reading } from '../faults/option-reading.js'
import { hasOwnKey } from '../../platform/own-key.js'

/** A schedule without its zone. */
export type Recurrence = { readonly kind: 'interval', readonly everyMs: number } | { readonly kind: 'cron', readonly expression: string }

const expressionOf: Record<Period, string> = {
  hourly: '0 * * * *',
  daily: '0 0 * * *',
  weekly: '0 0 * * 1',
  monthly: '0 0 1 * *'
}

const everyMsMin = 1000

/** Parses a word, a duration of at least a second, or a cron expression. */
export function parseRecurrence (raw: unknown): Reading<Recurrence> {
  if (typeof raw === 'string') {
    if (Object.hasOwn(expressionOf, raw)) return { value: { kind: 'cron', expression: expressionOf[raw as Period] } }
    if (raw.trim().split(/\s+/).length >= 3) {
      const cron = parseCron(raw)
      return hasOwnKey(cron, 'value') ? { value: { kind: 'cron', expression: cron.value } } : cron
    }
    const period = nearest(raw, Object.keys(expressionOf))
    if (period !== null) return { expected: `a period, duration or cron expression (nearest: "${period}")` }
  }
  if (/^\d/.test(typeof raw === 'string' || typeof raw === 'number' ? String(raw) : '')) {
    const duration = parseDuration(raw)
    if (hasOwnKey(duration, 'expected')) return duration
    if (duration.value < everyMsMin) return { expected: 'a duration of at least 1 second' }
    return { value: { kind: 'interval', everyMs: duration.value } }
  }
  return { expected: '"hourly", "daily", "weekly", "monthly", a duration such as "15m" or a cron expression such as "0 2 * * *"' }
}

/** Adds the zone of a cron expression. An interval is aligned to the epoch and needs none. */
export function scheduleIn (timezone: string, recurrence: Recurrence): Schedule {
  return recurrence.kind === 'cron' ? { ...recurrence, timezone } : recurrence
}
