// The options as users write them: public types, each with its effect, unit and default. parse-options.ts turns them into the Settings of
// settings.ts.
import type { Duplex } from 'node:stream'
import type { Algorithm } from './settings.js'

export type { Algorithm } from './settings.js'

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

/** Your own compressor: what the module of `compress.module` exports, as its default export or member by member. */
export interface Compressor {
  /**
   * The end of its archives' names, such as `'.lz4'`: a dot, a letter, then letters, digits, `-` or `_`. It must not be `.gz`, `.br`,
   * `.zst` or the extension of a log. A command without these options does not recognise the archives and leaves them alone.
   */
  extension: string

  /** Makes a stream that compresses what is written to it. Called once for each archive. */
  create: () => Duplex

  /**
   * Makes a stream that decompresses. With it, an archive is deleted only after its copy has been decompressed to the same lines, as with
   * gzip. Without it, the copy is only compared with the bytes that `create()` gave. Bundles, `cat` and `verify` need it.
   */
  restore?: () => Duplex
}

/** How archives are compressed, in detail. */
export interface CompressOptions {
  /**
   * The compression algorithm. `'zstd'` needs Node 22.15 or later in line 22, or 23.8 or later.
   *
   * @default 'gzip'
   * @throws `ERR_ROTOR_OPTIONS` for `'zstd'` if Node lacks it.
   */
  algorithm?: Algorithm

  /**
   * The compression level: gzip 0 to 9, brotli 0 to 11, zstd 1 to 22. A higher level is smaller and slower. gzip runs in a thread of its
   * own at the lowest priority; brotli and zstd run in Node's thread pool, which they share with the application.
   *
   * gzip and zstd use their libraries' defaults. The default for brotli is 5: on 32 MiB of request logs (Node 20, one thread) it reached
   * the 12.4 % of gzip 9 in half to two thirds of the time. brotli's own default, 11, took over a second for each MB.
   *
   * @default 6 for gzip, 5 for brotli, 3 for zstd
   * @throws `ERR_ROTOR_OPTIONS` for a level outside the algorithm's range.
   */
  level?: number

  /**
   * Uses your own compressor instead of `algorithm` and `level`: the path of a module from the working directory, or the name of a package,
   * that exports a {@link Compressor}. It is loaded when the log is opened and runs in the log's thread, so lines wait while it computes.
   *
   * @default none
   * @throws `ERR_ROTOR_OPTIONS` for a module that does not exist, and beside `algorithm` or `level`. When the log is opened: for a module
   * that cannot be loaded or does not export a compressor.
   */
  module?: string

  /**
   * Keeps an archive plain for this long after its rotation, so that a log shipper can read it to its end. `'sweep'`: until the next
   * scheduled sweep. Plain archives take several times the space.
   *
   * @default at once
   * @throws `ERR_ROTOR_OPTIONS` for zero or an unreadable duration.
   */
  after?: Duration | 'sweep'
}

/**
 * What is kept. All limits apply together. The oldest archives are removed first, and the active file is never removed. A limit that you do
 * not name keeps its default; `false` lifts it.
 */
export interface LimitOptions {
  /**
   * Keeps at most this many archives: a whole number above zero. The active file does not count.
   *
   * @default 10
   * @throws `ERR_ROTOR_OPTIONS` for zero, a negative number or a fraction.
   */
  count?: number | false

  /**
   * Keeps an archive for this long, by the stamp in its name.
   *
   * @default '30d'
   * @throws `ERR_ROTOR_OPTIONS` for zero or an unreadable duration.
   */
  age?: Duration | false

  /**
   * Keeps at most this many bytes of archives and active file together.
   *
   * @default false
   * @throws `ERR_ROTOR_OPTIONS` for zero or an unreadable size.
   */
  totalSize?: Size | false

  /**
   * Keeps this many bytes free on the file system: removes the oldest archives until they are.
   *
   * @default false
   * @throws `ERR_ROTOR_OPTIONS` for zero or an unreadable size.
   */
  minFree?: Size | false
}

/** How the archives of a finished period are merged into one file. */
export interface BundleOptions {
  /**
   * Which archives are merged, and when: `'monthly'` into `app.202510.log.gz`, `'weekly'` (Monday to Sunday) into `app.2025W40.log.gz`,
   * `'daily'` into `app.20251001.log.gz`, each as soon as the period is over in `timezone`. A cron expression merges months, at the time that
   * it names: `'0 3 1 * *'` merges October on the 1st of November at 03:00. A missed time is made up at the next start.
   *
   * @default 'monthly'
   * @throws `ERR_ROTOR_OPTIONS` for any other word, for a cron expression that is unreadable or never comes true, and if the log is rotated
   * less often than it is bundled.
   */
  frequency?: 'monthly' | 'weekly' | 'daily' | CronExpression

  /**
   * The folder of the bundles: a relative path to a folder below that of `file`.
   *
   * @default 'archive'
   * @throws `ERR_ROTOR_OPTIONS` if it leads out of the folder of `file`, is that folder, is a file, lies behind a symbolic link, or is missing
   * while `mkdir` is `false`.
   */
  directory?: string

  /**
   * Which bundles are kept, counted apart from archives. A limit that you do not name is lifted; without any, bundles are kept for ever. A
   * bundle's age counts from the end of its period.
   *
   * @default false
   * @throws `ERR_ROTOR_OPTIONS` for zero, negative or unreadable limits.
   */
  limit?: LimitOptions | false
}

/** A level: pino's name for it, or a number, which may be a custom level's. */
export type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | number

/**
 * Matches lines by `level` (that level and above) and by any fields at the top of the line. All of them must hold. A line is read as
 * `JSON.parse` reads it, so the last of two fields with one name counts. One exception: a level at the beginning of a line, where pino
 * writes it, is the one that counts. A line that is not JSON never matches.
 */
export interface MatchOptions {
  level?: Level
  [field: string]: string | number | boolean | null | undefined
}

/** A separate file for some lines. An option that the route does not name is taken from beside `routes`, except `symlink`. */
export interface RouteOptions extends Partial<Omit<RotorOptions, 'file' | 'routes'>> {
  /**
   * The route's active file. Two routes may share one if their options are the same.
   *
   * @throws `ERR_ROTOR_OPTIONS` as for the main `file`, and if another route names it with other options.
   */
  file: string

  /**
   * Which lines go to this file.
   *
   * @throws `ERR_ROTOR_OPTIONS` if it is empty, names an unknown level or a value that no field can have, or if an earlier route takes every
   * line that could match.
   */
  match: MatchOptions
}

/**
 * The options of the transport. All of them can be written as JSON, because they travel to a worker thread. They are checked together before
 * any file is touched.
 *
 * @throws RotorOptionsError `ERR_ROTOR_OPTIONS`, which lists every fault at once.
 */
export interface RotorOptions {
  /**
   * The active file: the one being written now. Its name never changes. A relative path starts at the working directory. `{pid}` and
   * `{hostname}` in it are filled in, because a function cannot be passed to a worker.
   *
   * @throws `ERR_ROTOR_OPTIONS` if it is empty, a URL, a folder, a symbolic link or another special file, or lies in a folder that cannot be
   * made. If the system refuses to open it, a `RotorOpenError` with the system's code is thrown.
   */
  file: string

  /**
   * `false` only appends lines: no rotation, no sweep and no timer. The file then grows without bound.
   *
   * @default true
   * @throws `ERR_ROTOR_OPTIONS` if it is not a boolean.
   */
  enabled?: boolean

  /**
   * The most bytes that one file may hold, with a unit. A line that does not fit goes to the next file, so a file is larger only if it holds
   * a single longer line. Several writers of one file, or a disk that refuses rotations, can exceed it. `false`: no limit. A bare number is
   * refused, because other libraries take it as MB or as bytes.
   *
   * @default '50m'
   * @throws `ERR_ROTOR_OPTIONS` for zero, a size without a unit, or an unreadable one.
   */
  size?: Size | false

  /**
   * Also rotates on a schedule: at the start of each period, at each multiple of a duration since the epoch (at least 1 second), or when a
   * cron expression says so. An empty file is not rotated. A boundary that passed while nothing ran is made up at the start. `false`: by
   * size only.
   *
   * @default false
   * @throws `ERR_ROTOR_OPTIONS` for a duration under a second, and for a cron expression that is unreadable or never comes true.
   */
  frequency?: false | Period | Duration | CronExpression

  /**
   * Starts a new file before each matching line. Matches by `level` and fields, as a route's `match` does. Or names a module (a path from the
   * working directory, or a package) whose default export is called with each line, without its newline, and returns a boolean. An empty
   * file is not rotated. While a rotation fails, lines go on into the same file. The `rotated` event's `reason` is `'request'`.
   *
   * @default false
   * @throws `ERR_ROTOR_OPTIONS` for a value that no line can have, and for a module that does not exist. When the log is opened: for a module
   * whose default export is not a function.
   */
  rotateWhen?: false | MatchOptions | string

  /**
   * The time zone of periods, cron expressions and the stamps in names: `'UTC'`, `'local'` (the system's) or an IANA name such as
   * `'Europe/Berlin'`. In a zone with summer time, the stamps of one hour a year repeat; archives of that hour are told apart by number.
   *
   * @default 'UTC'
   * @throws `ERR_ROTOR_OPTIONS` for a zone that Node does not know.
   */
  timezone?: string

  /**
   * The stamp in an archive's name. `'datetime'`: the second of its rotation, `app.20251001_121111.log`. `'date'`: the day on which its period
   * began, `app.20251001.log`, with a number if a day has several.
   *
   * @default 'datetime'
   * @throws `ERR_ROTOR_OPTIONS` for any other word.
   */
  stamp?: 'datetime' | 'date'

  /**
   * Compresses archives, in the background. `false`: archives stay plain and take their full size.
   *
   * @default 'gzip'
   * @throws `ERR_ROTOR_OPTIONS` for an unknown algorithm, a level out of range, or `'zstd'` if Node lacks it.
   */
  compress?: false | Algorithm | CompressOptions

  /**
   * Which archives are kept. The rest is removed after each rotation and by each sweep. `false` lifts every limit, and the disk fills.
   *
   * @default { count: 10, age: '30d' }
   * @throws `ERR_ROTOR_OPTIONS` for zero, negative or unreadable limits.
   */
  limit?: LimitOptions | false

  /**
   * How often to clean up (remove, then compress), in addition to after each rotation: a duration of at least 1 second, a period, or a cron
   * expression. It makes `limit.age` hold in a log that seldom rotates.
   *
   * @default '24h'
   * @throws `ERR_ROTOR_OPTIONS` as for `frequency`.
   */
  sweep?: Period | Duration | CronExpression

  /**
   * Merges a finished month's (or week's, or day's) archives into one gzip file, in their order. An archive belongs to the period of the date
   * in its name. It is deleted only after it has been verified in the bundle; `limit` does not apply until then, so it does not bound the
   * archives of a period that is still open.
   *
   * @default false
   * @throws `ERR_ROTOR_OPTIONS` for `true`, which names no period. Use `{}` for the defaults.
   */
  bundle?: false | BundleOptions

  /**
   * Keeps a symbolic link to the active file beside it, for people and tools that look for one name in every log folder. `true`: `current`
   * with the extension of `file`, for example pino-roll's `current.log`. A string: the link's name. The link is replaced in one step. It never
   * replaces anything but a link; another file in its place is reported.
   *
   * @default false
   * @throws `ERR_ROTOR_OPTIONS` for a path, and for the name of the active file itself.
   */
  symlink?: boolean | string

  /**
   * Creates missing folders on the way to `file`, with mode `0o755` subject to the umask.
   *
   * @default true
   * @throws `ERR_ROTOR_OPTIONS` if it is not a boolean, or is `false` while the folder is missing.
   */
  mkdir?: boolean

  /**
   * The permissions of new files, 0 to `0o777`, subject to the umask. An existing active file keeps its own, and each rotation keeps them
   * too.
   *
   * @default 0o644
   * @throws `ERR_ROTOR_OPTIONS` for text, and for a number out of range, such as 644 instead of 0o644.
   */
  mode?: number

  /**
   * `true` calls fsync after each write, so that written lines survive a power cut. Each write then waits for the disk.
   *
   * @default false
   * @throws `ERR_ROTOR_OPTIONS` if it is not a boolean.
   */
  fsync?: boolean

  /**
   * The memory that may hold lines while the disk refuses them. Beyond it, the newest lines are dropped, counted and reported.
   *
   * @default '16m'
   * @throws `ERR_ROTOR_OPTIONS` for zero, a size without a unit, or an unreadable one.
   */
  buffer?: Size

  /**
   * What is written to stderr as JSON lines: `true` (every event), `'failures'` (failures and recoveries), `false` (nothing).
   *
   * @default 'failures'
   * @throws `ERR_ROTOR_OPTIONS` for any other value.
   */
  report?: boolean | 'failures'

  /**
   * Writes some lines to other files: each line goes to the first route that it matches, otherwise to `file`. Each file has its own rotation,
   * compression and limits.
   *
   * @default []
   * @throws `ERR_ROTOR_OPTIONS` if it is not a list, for every fault of a route (`routes.0.size`), and if the names of two files could
   * collide.
   */
  routes?: readonly RouteOptions[]
}
