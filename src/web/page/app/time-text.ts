// Times and amounts as the page writes them.
import type { TimeStyle } from './page-state.js'

/** The distance of the browser's zone from UTC at that time. */
export function zoneOffsetMs (style: TimeStyle, timeMs: number): number {
  return style === 'utc' ? 0 : -new Date(timeMs).getTimezoneOffset() * 60_000
}

/** The day and the time of day, such as `2025-11-26` and `03:46:33.150`. */
export function dayAndTime (timeMs: number, style: TimeStyle): { day: string, time: string } {
  const shifted = new Date(timeMs + zoneOffsetMs(style, timeMs))
  if (Number.isNaN(shifted.getTime())) return { day: '', time: '–' }
  const [day = '', time = ''] = shifted.toISOString().split('T')
  return { day, time: time.slice(0, 12) }
}

/** The whole time with its zone, for a title. */
export function fullTime (timeMs: number, style: TimeStyle): string {
  const { day, time } = dayAndTime(timeMs, style)
  return `${day} ${time}${style === 'utc' ? ' UTC' : ''}`.trim()
}

const units: ReadonlyArray<readonly [number, string]> = [[86_400_000, 'd'], [3_600_000, 'h'], [60_000, 'min'], [1_000, 's']]

/** The distance from now, such as `5 min ago` or `in 2 h`. */
export function relativeTime (timeMs: number, nowMs: number): string {
  const distanceMs = Math.abs(nowMs - timeMs)
  if (distanceMs < 1_000) return 'now'
  const text = durationText(distanceMs)
  return timeMs > nowMs ? `in ${text}` : `${text} ago`
}

/** A duration in its largest whole unit. */
export function durationText (durationMs: number): string {
  const [unitMs, unit] = units.find(([size]) => durationMs >= size) ?? [1, 'ms']
  return `${Math.floor(durationMs / unitMs)} ${unit}`
}

/** What a tick of an axis says: the less of the time, the longer the span. */
export function tickText (timeMs: number, spanMs: number, style: TimeStyle): string {
  const { day, time } = dayAndTime(timeMs, style)
  if (spanMs > 4 * 86_400_000) return day.slice(5)
  if (spanMs > 36 * 3_600_000) return `${day.slice(5)} ${time.slice(0, 5)}`
  if (spanMs > 10 * 60_000) return time.slice(0, 5)
  return spanMs > 10_000 ? time.slice(0, 8) : time.slice(3)
}

/** Bytes in the units of 1,024, such as `74.8 GB`. */
export function bytesText (bytes: number): string {
  const names = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']
  const power = Math.min(names.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10))
  const value = bytes / 1024 ** power
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${names[power] ?? ''}`
}

const grouped = new Intl.NumberFormat('en')

/** A count with its thousands apart. */
export function countText (count: number): string {
  return grouped.format(count)
}

/** A measured number, short. */
export function numberText (value: number): string {
  if (Number.isInteger(value)) return countText(value)
  return Math.abs(value) >= 100 ? countText(Math.round(value)) : String(Number(value.toPrecision(3)))
}
