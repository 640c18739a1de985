// Parses durations into milliseconds. Units are lower case only, because a capital M means minutes to some and months to others.
import { lacksUnit, type Reading } from '../faults/option-reading.js'

// Any instant shifted by this much is still a valid Date. `false` means for ever.
const durationMsMax = 1_000_000 * 86_400_000

const millisecondsIn = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const

/** Parses a duration such as '15m' into whole milliseconds, rounded, at least 1. */
export function parseDuration (raw: unknown): Reading<number> {
  if (lacksUnit(raw)) return { expected: `a duration with a unit ("${raw}ms" if milliseconds were meant, "${raw}s" if seconds)` }
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|[smhdw])$/.exec(typeof raw === 'string' ? raw : '') ?? []
  if (amount === undefined || unit === undefined) return { expected: 'a duration above zero such as "500ms", "15m", "24h" or "30d" (units: ms, s, m, h, d, w)' }

  const milliseconds = Math.round(Number(amount) * millisecondsIn[unit as keyof typeof millisecondsIn])
  if (milliseconds < 1) return { expected: 'a duration above zero' }
  if (milliseconds > durationMsMax) return { expected: 'a duration of at most 1000000d' }
  return { value: milliseconds }
}
