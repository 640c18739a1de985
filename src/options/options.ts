// What users write: the public option types, each with its effect, unit, default and consequence. What becomes
// of them is in settings.ts, and the way from one to the other in parse-options.ts.
import type { Duplex } from 'node:stream'
import type { Algorithm } from './settings.js'

export type { Algorithm } from './settings.js'

/** A unit of size: bytes, or 1024-based kilobytes, megabytes, gigabytes. Case makes no difference. */
export type SizeUnit = 'b' | 'B' | `${'k' | 'K' | 'm' | 'M' | 'g' | 'G'}${'' | 'b' | 'B'}`

/** A size with its unit, 1024-based and without a space: `'10k'`, `'50m'`, `'1.5g'`, `'512kb'`, `'4096b'`. */
export type Size = `${number}${SizeUnit}`

/** A unit of time: milliseconds, seconds, minutes, hours, days of 24 hours, weeks of 7 days. Small letters only. */
export type DurationUnit = 'ms' | 's' | 'm' | 'h' | 'd' | 'w'

/** A length of time with its unit and without a space: `'500ms'`, `'15m'`, `'24h'`, `'30d'`, `'2w'`. */
export type Duration = `${number}${DurationUnit}`

/** A cron expression of 5 fields, or 6 with seconds first: `'0 2 * * *'`. Any string passes the compiler; parsing checks it. */
export type CronExpression = string & Record<never, never>

/** A period of the calendar, beginning at midnight (or the full hour) in `timezone`; a week begins on Monday. */
export type Period = 'hourly' | 'daily' | 'weekly' | 'monthly'

/** What a module of `compress.module` exports, by default or each by its name. */
export interface Compressor {
  /**
   * What the names of its archives end in: a dot, a letter, and letters, digits, `-` or `_`, such as `'.lz4'`. Not `.gz`, `.br` or
   * `.zst`, nor the extension of a log. Whoever reads the archives without these options takes them for another's files.
   */
  extension: string

  /** Makes a stream that packs what is written to it: one for each archive. */
  create: () => Duplex

  /**
   * Makes a stream that unpacks again. With it, an archive goes only once its copy has been unpacked to the same lines, as with
   * gzip. Without it, the copy is proven to be what `create()` gave, to the last byte, but not that this can be
   * unpacked; bundles, `cat` and `verify` need it.
   */
  restore?: () => Duplex
}

/** How archives are compressed, where a word is not enough. */
export interface CompressOptions {
  /**
   * Which compression is used. `'zstd'` needs a Node that has it: 22.15 or later in line 22, 23.8 or later.
   *
   * @default 'gzip'
   * @throws `ERR_ROTOR_OPTIONS` for `'zstd'` where Node has none.
   */
  algorithm?: Algorithm

  /**
   * How hard the algorithm tries: gzip 0 to 9, brotli 0 to 11, zstd 1 to 22. Higher is smaller and slower, and
   * takes the time from the thread pool that the application shares.
   *
   * The defaults of gzip and zstd are their libraries' own. For brotli it is 5: on 32 MiB of request logs (Node 20,
   * one thread) it reached what gzip 9 reaches, 12.4 %, in half to two thirds of the time. Above it each level saves
   * less than it costs, and brotli's own default, 11, took over a second for each MB.
   *
   * @default 6 for gzip, 5 for brotli, 3 for zstd
   * @throws `ERR_ROTOR_OPTIONS` outside the algorithm's range.
   */
  level?: number

  /**
   * A compressor of your own instead of `algorithm` and `level`: the path of a module from the working directory, or the
   * name of a package, that exports a {@link Compressor} by default, or its members by name. It is loaded where the log is
   * opened, and works in that thread: in the worker, while lines wait.
   *
   * @default none
   * @throws `ERR_ROTOR_OPTIONS` for a module that does not exist, beside `algorithm` or `level`, and, when the log is opened,
   * for one that cannot be loaded or exports no such thing.
   */
  module?: string

  /**
   * How long an archive stays plain after its rotation, so that a log shipper can read it to its end; `'sweep'`
   * leaves it to the next scheduled sweep. Plain archives take several times the space meanwhile.
   *
   * @default at once
   * @throws `ERR_ROTOR_OPTIONS` for zero or an unreadable duration.
   */
  after?: Duration | 'sweep'
}

/**
 * What is kept. All limits apply together, oldest archives go first, and the active file never goes. A limit that
 * is not named keeps its default; `false` lifts it.
 */
export interface LimitOptions {
  /**
   * The most archives that are kept, a whole number above zero; the active file is not among them.
   *
   * @default 10
   * @throws `ERR_ROTOR_OPTIONS` for zero, a negative or a broken number.
   */
  count?: number | false

  /**
   * How long an archive is kept, by the stamp in its name.
   *
   * @default '30d'
   * @throws `ERR_ROTOR_OPTIONS` for zero or an unreadable duration.
   */
  age?: Duration | false

  /**
   * The most bytes that archives and the active file may take together.
   *
   * @default false
   * @throws `ERR_ROTOR_OPTIONS` for zero or an unreadable size.
   */
  totalSize?: Size | false

  /**
   * The bytes that stay free on the file system: the oldest archives go until they are.
   *
   * @default false
   * @throws `ERR_ROTOR_OPTIONS` for zero or an unreadable size.
   */
  minFree?: Size | false
}

/** How the archives of a closed period are joined into one file. */
export interface BundleOptions {
  /**
   * Which period's archives are joined: `'monthly'` into `app.202510.log.gz`, `'weekly'` (Monday to Sunday) into
   * `app.2025W40.log.gz`, `'daily'` into `app.20251001.log.gz`, each as soon as the period is over in `timezone`. A cron
   * expression joins months, at the time that it says: `'0 3 1 * *'` joins October on the 1st of November at 03:00. What
   * was missed is made up at the next start.
   *
   * @default 'monthly'
   * @throws `ERR_ROTOR_OPTIONS` for anything else, for a cron expression that is unreadable or never comes true, and where
   * the log is rotated less often than it is bundled.
   */
  frequency?: 'monthly' | 'weekly' | 'daily' | CronExpression

  /**
   * The folder that the bundles go to, a path from the folder of `file` to one below it.
   *
   * @default 'archive'
   * @throws `ERR_ROTOR_OPTIONS` where it leads out of the folder of `file`, is that folder, is a file, lies behind a symbolic
   * link below that folder, or is missing while `mkdir` is `false`.
   */
  directory?: string

  /**
   * What is kept of the bundles, counted apart from archives. A limit that is not named is lifted: without any, bundles
   * are kept for ever. The age of a bundle counts from the end of its period.
   *
   * @default false
   * @throws `ERR_ROTOR_OPTIONS` for zero, negative or unreadable limits.
   */
  limit?: LimitOptions | false
}

/** A level by the name that pino gives it, or by its number, also one of your own. */
export type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | number

/**
 * What a line must say: `level`, that or above, and any fields at the top of the line with the values that they must
 * have. All of it must hold. A line is read as `JSON.parse` reads it, the last of two
 * fields of one name counting; but a level that a line begins with, as pino's do, is the one that counts. A line that is not JSON
 * never matches.
 */
export interface MatchOptions {
  level?: Level
  [field: string]: string | number | boolean | null | undefined
}

/** A file of its own for some of the lines. Options that it does not name are those beside `routes`. */
export interface RouteOptions extends Partial<Omit<RotorOptions, 'file' | 'routes'>> {
  /**
   * The active file of the route. Two routes may share one, and then have the same options.
   *
   * @throws `ERR_ROTOR_OPTIONS` as for the main `file`, and where another route has it with other options.
   */
  file: string

  /**
   * Which lines go there.
   *
   * @throws `ERR_ROTOR_OPTIONS` where it names nothing, an unknown level, a value that no field can have, or where an
   * earlier route takes every line that could match.
   */
  match: MatchOptions
}

/**
 * The options of the transport. All of them can be written as JSON, since they travel to a worker thread. They are
 * checked together before any file is touched.
 *
 * @throws RotorOptionsError, code `ERR_ROTOR_OPTIONS`, with every fault at once.
 */
export interface RotorOptions {
  /**
   * The active file, the one that is written now; its name never changes. A relative path starts at the working
   * directory. `{pid}` and `{hostname}` in it are filled in: a function cannot cross to a worker.
   *
   * @throws `ERR_ROTOR_OPTIONS` where it is empty, a URL, a folder, a symbolic link, not a regular file, or lies in
   * a folder that cannot be made. What the system refuses later, on opening, is a `RotorOpenError`.
   */
  file: string

  /**
   * Whether anything but appending happens. With `false` there is no rotation, no sweep and no timer, and the file
   * grows without bound.
   *
   * @default true
   * @throws `ERR_ROTOR_OPTIONS` where it is not a boolean.
   */
  enabled?: boolean

  /**
   * The most bytes that a file may hold; a line that would pass it goes to the next file. Only a single longer line
   * makes a file larger. `false`: no limit. A bare number is refused, since other libraries take it as MB or as bytes.
   *
   * @default '50m'
   * @throws `ERR_ROTOR_OPTIONS` for zero, a size without a unit, or an unreadable one.
   */
  size?: Size | false

  /**
   * When the file is rotated besides for its size: at the start of each period, at each multiple of a duration since
   * the epoch (at least 1 second), or as a cron expression says. An empty file is not rotated; a boundary that passed
   * while nothing ran is made up at start. `false`: only for its size.
   *
   * @default false
   * @throws `ERR_ROTOR_OPTIONS` for a duration under a second, and for a cron expression that is unreadable or never comes true.
   */
  frequency?: false | Period | Duration | CronExpression

  /**
   * Rotates before each line that says so, which is then the first of its file: by `level` and fields as in a route's
   * `match`, or by a module of yours, named by its path from the working directory or as a package, whose default
   * export decides for each line (without its newline). An empty file is not rotated, and while a rotation cannot be
   * done the line goes on in the same file. The event's `reason` is `'request'`.
   *
   * @default false
   * @throws `ERR_ROTOR_OPTIONS` for what no line can say, for a module that does not exist and, when the log is opened, for
   * one whose default export is no function.
   */
  rotateWhen?: false | MatchOptions | string

  /**
   * The zone of periods, cron expressions and the stamps in names: `'UTC'`, `'local'` (the system's) or an IANA name
   * such as `'Europe/Berlin'`. Stamps in a zone with summer time repeat an hour a year; archives of that hour are told apart by number.
   *
   * @default 'UTC'
   * @throws `ERR_ROTOR_OPTIONS` for a zone that Node does not know.
   */
  timezone?: string

  /**
   * What the name of an archive says. `'datetime'`: the second of its rotation, `app.20251001_121111.log`. `'date'`:
   * the day on which its period began, `app.20251001.log`, numbered where a day has several.
   *
   * @default 'datetime'
   * @throws `ERR_ROTOR_OPTIONS` for any other word.
   */
  stamp?: 'datetime' | 'date'

  /**
   * How archives are compressed, in the background. `false`: not at all, so that archives take their full size.
   *
   * @default 'gzip'
   * @throws `ERR_ROTOR_OPTIONS` for an unknown algorithm, a level out of range, or `'zstd'` where Node has none.
   */
  compress?: false | Algorithm | CompressOptions

  /**
   * What is kept; the rest is removed after each rotation and by each sweep. `false` lifts every limit, and the disk fills.
   *
   * @default { count: 10, age: '30d' }
   * @throws `ERR_ROTOR_OPTIONS` for zero, negative or unreadable limits.
   */
  limit?: LimitOptions | false

  /**
   * How often a sweep (compression of what waits, then retention) runs besides after each rotation: a duration of at least
   * 1 second, a period, or a cron expression. It is what makes `limit.age` hold in a process that seldom rotates.
   *
   * @default '24h'
   * @throws `ERR_ROTOR_OPTIONS` as for `frequency`.
   */
  sweep?: Period | Duration | CronExpression

  /**
   * Joins the archives of each closed month (or week, or day) into one gzip file, in their order. An archive belongs to
   * the period that the date in its name lies in, and is removed once its content is proven to be in the bundle. Until
   * then no limit removes it: `limit` does not bound the archives of a period that is still open.
   *
   * @default false
   * @throws `ERR_ROTOR_OPTIONS` for `true`, which names no period; `{}` takes every default.
   */
  bundle?: false | BundleOptions

  /**
   * The name of a symbolic link to the active file, beside it: for people and tools that look for one name in every log
   * folder. `true`: `current` with the extension of `file`, which is pino-roll's `current.log` for `app.log`. The link is
   * replaced in one step and never takes the place of anything but a link; what stands in its way is reported.
   *
   * @default false
   * @throws `ERR_ROTOR_OPTIONS` for a path, and for the name of the active file itself.
   */
  symlink?: boolean | string

  /**
   * Whether missing folders on the way to `file` are created, with mode `0o755` under the umask.
   *
   * @default true
   * @throws `ERR_ROTOR_OPTIONS` where it is not a boolean, or is `false` while the folder is missing.
   */
  mkdir?: boolean

  /**
   * The permissions of new files, 0 to `0o777`, under the umask. An existing active file keeps its own, and hands
   * them on at each rotation.
   *
   * @default 0o644
   * @throws `ERR_ROTOR_OPTIONS` for text, and for numbers out of range, such as 644 for 0o644.
   */
  mode?: number

  /**
   * Whether each write is followed by an fsync. `true` makes written lines survive a power cut, at the price of
   * a disk's round trip a write.
   *
   * @default false
   * @throws `ERR_ROTOR_OPTIONS` where it is not a boolean.
   */
  fsync?: boolean

  /**
   * The memory that may hold lines while the disk refuses them. Past it the newest lines are dropped, counted and reported.
   *
   * @default '16m'
   * @throws `ERR_ROTOR_OPTIONS` for zero, a size without a unit, or an unreadable one.
   */
  buffer?: Size

  /**
   * What is written to stderr as JSON lines: `true` every event, `'failures'` what fails and recovers, `false` nothing.
   *
   * @default 'failures'
   * @throws `ERR_ROTOR_OPTIONS` for any other value.
   */
  report?: boolean | 'failures'

  /**
   * Files of their own for some of the lines: each line goes to the first route that it matches, or else to `file`. Each
   * file is rotated, compressed and kept by itself.
   *
   * @default []
   * @throws `ERR_ROTOR_OPTIONS` where it is no list, for every fault of a route (`routes.0.size`), and where two files
   * would get in each other's way.
   */
  routes?: readonly RouteOptions[]
}
