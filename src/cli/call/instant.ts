// Parses the instants of `--since` and `--until`: a date, a time, or how long ago.
import { parseDuration } from '../../options/values/duration.js'
import { UsageError } from './usage-error.js'

const isoPattern = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/i

/** Parses an ISO 8601 instant (UTC if it names no offset) or a duration before now. Throws a UsageError for anything else. */
export function readInstant (option: string, text: string, nowMs: number): number {
  const duration = parseDuration(text.replace(/\s+ago$/, ''))
  if ('value' in duration) return nowMs - duration.value
  const atMs = isoPattern.test(text) ? Date.parse(inUtc(text.replace(' ', 'T'))) : NaN
  if (!Number.isNaN(atMs)) return atMs
  throw new UsageError(`${option} ${JSON.stringify(text)} is not an instant: write 2025-10-01T12:00:00Z, 2025-10-01, or 2h for two hours ago`)
}

function inUtc (text: string): string {
  return text.includes('T') && !/(?:Z|[+-]\d{2}:?\d{2})$/i.test(text) ? `${text}Z` : text
}
