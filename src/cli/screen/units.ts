// Amounts and names as people read them. Sizes count by 1024 and are named as in the options, so that `size: '50m'` shows as 50 MB.
import { visible } from '../terminal/visible.js'

const sizeUnits = ['B', 'KB', 'MB', 'GB', 'TB', 'PB']
const secondMs = 1_000
const spans: ReadonlyArray<readonly [string, number]> = [
  ['years', 365 * 86_400 * secondMs],
  ['days', 86_400 * secondMs],
  ['hours', 3_600 * secondMs],
  ['minutes', 60 * secondMs],
  ['seconds', secondMs]
]
const dayMs = 86_400_000

/** Writes a size with three or four digits, for example `12.3 MB`. */
export function showBytes (bytes: number): string {
  let amount = bytes
  let unit = 0
  while (amount >= 1023.5 && unit < sizeUnits.length - 1) {
    amount /= 1024
    unit++
  }
  const digits = unit === 0 || amount >= 99.95 ? 0 : 1
  return `${amount.toFixed(digits)} ${sizeUnits[unit] ?? ''}`
}

/** Writes a length of time in its largest unit, for example `3.5 hours`. */
export function showTime (ms: number): string {
  for (const [index, [name, unitMs]] of spans.entries()) {
    // A moment less than an hour is an hour, not 60 minutes.
    const [, lesserMs] = spans[index + 1] ?? ['', 1]
    if (Math.round(ms / lesserMs) * lesserMs < unitMs) continue
    const amount = (ms / unitMs).toFixed(ms / unitMs < 9.95 ? 1 : 0).replace(/\.0$/, '')
    return `${amount} ${amount === '1' ? name.slice(0, -1) : name}`
  }
  return 'less than a second'
}

/** Writes a number of days as a length of time. */
export function showDays (days: number): string {
  return showTime(days * dayMs)
}

/** Writes a share as per cent with one digit after the point. */
export function showShare (share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

/** Writes a count with its noun in the right number. */
export function showCount (count: number, noun: string): string {
  return `${String(count).replace(/\B(?=(\d{3})+$)/g, ',')} ${noun}${count === 1 ? '' : 's'}`
}

/** Writes an instant in UTC to the second, for example `2025-10-01 12:11:11 UTC`. */
export function showInstant (iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`
}

/** Makes a text visible and shortens it in its middle, so that both ends of a path stay readable. */
export function shorten (given: string, lengthMax: number): string {
  const text = visible(given)
  if (text.length <= lengthMax) return text
  const tail = Math.ceil((lengthMax - 1) * 0.6)
  return `${text.slice(0, lengthMax - 1 - tail)}…${text.slice(-tail)}`
}
