// How users write sizes, times and schedules, as types: the compiler then refuses `'50 apples'`.

/** A unit of size: bytes, or 1024-based kilobytes, megabytes, gigabytes. Upper and lower case mean the same. */
export type SizeUnit = 'b' | 'B' | `${'k' | 'K' | 'm' | 'M' | 'g' | 'G'}${'' | 'b' | 'B'}`

/** A size with its unit, 1024-based and without a space: `'10k'`, `'50m'`, `'1.5g'`, `'512kb'`, `'4096b'`. */
export type Size = `${number}${SizeUnit}`

/** A unit of time: milliseconds, seconds, minutes, hours, days of 24 hours, weeks of 7 days. Lower case only. */
export type DurationUnit = 'ms' | 's' | 'm' | 'h' | 'd' | 'w'

/** A length of time with its unit and without a space: `'500ms'`, `'15m'`, `'24h'`, `'30d'`, `'2w'`. */
export type Duration = `${number}${DurationUnit}`

/** A cron expression of 5 fields, or 6 with seconds first: `'0 2 * * *'`. The compiler accepts any string; parsing checks it. */
export type CronExpression = string & Record<never, never>

/** A period of the calendar. It begins at midnight (or on the full hour) in `timezone`. A week begins on Monday. */
export type Period = 'hourly' | 'daily' | 'weekly' | 'monthly'
