// Times in nanoseconds since the epoch, as OTLP writes them: decimal text, because they exceed what a double can hold.

import { timeFrom } from '../lines/time-value.js'

/** The field of a record for a time, as JSON text; null if it is no time. */
export function timeField (time: unknown): string | null {
  const text = nanoseconds(time)
  return text === null ? null : `"timeUnixNano":"${text}"`
}

/** Returns a time in nanoseconds, exact to the written digit; null if it is no time. */
export function nanoseconds (time: unknown): string | null {
  if (typeof time === 'number') return Number.isFinite(time) && time >= 0 ? numberNanoseconds(time) : null
  if (typeof time !== 'string') return null
  if (/^\d{17,19}$/.test(time)) return time
  if (/^\d{9,16}(?:\.\d+)?$/.test(time)) return numberNanoseconds(Number(time))
  const wholeMs = timeFrom(time)
  if (wholeMs === null || wholeMs < 0) return null
  const fraction = /:\d\d[.,](\d{1,9})/.exec(time)?.[1] ?? ''
  return String(BigInt(Math.floor(wholeMs / 1000)) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0')))
}

// pino writes milliseconds, and on request seconds (unixTime) or nanoseconds (epochNano). Their size tells which.
function numberNanoseconds (time: number): string {
  if (time >= 1e16) return String(BigInt(Math.round(time)))
  const ms = time < 1e11 && time >= 1e8 ? time * 1000 : time
  const wholeMs = Math.floor(ms)
  if (wholeMs === ms) return ms === 0 ? '0' : `${ms}000000`
  return String(BigInt(wholeMs) * 1_000_000n + BigInt(Math.round((ms - wholeMs) * 1_000_000)))
}
