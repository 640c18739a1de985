// Reads the value of a line's time. A text counts only if it names its whole date: `Date.parse` also finds a time in "request 7"
// or "Oct 1 12:00:00", and a wrong time hides the line.

/**
 * pino can also write seconds (`unixTime`) and nanoseconds (`epochNano`). Read as milliseconds, they are in years far from
 * any log's.
 */
const secondsMin = 1e8
const secondsMax = 1e11
const nanosecondsMin = 1e16
/** The form of JavaScript's own standard. Any other text is read in the zone of the process, or in a way of the engine's. */
const standardForm = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/
/** The same as people and other libraries write it. */
const looseForm = /^(\d{4}([-/])\d\d\2\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?)\s?(?:(Z|UTC|GMT)|([+-]\d\d):?(\d\d)?)?)?$/i
const epochForm = /^\d{9,19}(?:\.\d+)?$/
const americanForm = /^\d{1,2}\/\d{1,2}\/\d{4},? \d{1,2}:\d\d(?::\d\d)?\s[AP]M$/
/** The words of a date with the name of its month, in any order, as of `Date.toString` and of mail headers. */
const words = {
  weekday: /^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*$/,
  month: /^(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*$/,
  day: /^\d\d?$/,
  year: /^\d{4}$/,
  clock: /^\d\d?:\d\d(?::\d\d(?:\.\d+)?)?$/,
  zone: /^(?:[ap]m|z|[ecmp][sd]t|(?:utc|gmt)?(?:[+-]\d\d:?\d\d)?)$/
} as const
const wordsNeeded = ['month', 'day', 'year', 'clock'] as const
/** Longer than any time. */
const textLengthMax = 80

/** Whether every process reads the same time from the text, whatever its zone. */
export function isSameEverywhere (text: string): boolean {
  return standardForm.test(text)
}

/** Reads a time in milliseconds since the epoch; null if it is no time. */
export function timeFrom (value: unknown): number | null {
  if (typeof value === 'string') return timeOfText(value)
  if (typeof value !== 'number') return null
  if (value >= nanosecondsMin) return value / 1e6
  return value >= secondsMin && value < secondsMax ? value * 1000 : value
}

function timeOfText (text: string): number | null {
  if (text.length > textLengthMax) return null
  if (epochForm.test(text)) return timeFrom(Number(text))
  const atMs = standardForm.test(text) ? Date.parse(text) : timeOfLooseText(text)
  return Number.isNaN(atMs) ? null : atMs
}

function timeOfLooseText (text: string): number {
  const [, date, , clock, utc, hours, minutes = '00'] = looseForm.exec(text) ?? []
  if (date === undefined) return americanForm.test(text) || isNamedDate(text) ? Date.parse(text) : NaN
  if (clock === undefined) return Date.parse(date)
  const zone = utc === undefined ? hours === undefined ? '' : `${hours}:${minutes}` : 'Z'
  return Date.parse(`${date.replaceAll('/', '-')}T${clock.replace(',', '.')}${zone}`)
}

function isNamedDate (text: string): boolean {
  const parts = text.replace(/\s*\([^()]*\)$/, '').toLowerCase().split(/[\s,]+/)
  const kinds = parts.map((part) => Object.entries(words).find(([, form]) => form.test(part))?.[0])
  return !kinds.includes(undefined) && wordsNeeded.every((needed) => kinds.filter((kind) => kind === needed).length === 1)
}
