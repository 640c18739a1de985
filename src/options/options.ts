// The options as users write them: public types, each with its effect, unit and default. parse-options.ts turns them into the Settings of
// settings.ts.
import type { ForwardOptions, UploadOptions } from './elsewhere-options.js'
import type { BundleOptions, CompressOptions, LimitOptions, MatchOptions } from './nested-options.js'
import type { Algorithm } from './settings.js'
import type { CronExpression, Duration, Period, Size } from './units.js'

export type * from './elsewhere-options.js'
export type * from './nested-options.js'
export type { Algorithm } from './settings.js'
export type * from './units.js'

/** A separate file for some lines. For an option that the route does not name, the value beside `routes` applies, except for `symlink`. */
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
   * `{hostname}` in it are filled in, because a function cannot be passed to a worker. With `{pid}`, each run has a log of its own: no limit
   * reaches the archives of an earlier run.
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
   * Sends each finished archive to object storage and keeps it until it is proven to be there. With `bundle` on, bundles are
   * sent and single archives are not. Nothing is ever overwritten.
   *
   * @default false
   * @throws `ERR_ROTOR_OPTIONS` for a place that cannot be reached by these options, a key without `{name}`, and secrets.
   */
  upload?: false | UploadOptions

  /**
   * Sends each line that reached a file to a collector, at least once and in order. The files are the queue: what could not be sent is
   * sent after a crash, a rotation, a compression or an upgrade.
   *
   * @default false
   * @throws `ERR_ROTOR_OPTIONS` for a place that cannot be reached by these options, and for a secret in plain text.
   */
  forward?: false | ForwardOptions

  /**
   * The path of a file for Prometheus's textfile collector, written every 15 s and on close. Its name must end in `.prom`. It covers this
   * transport and all its routes. Each process needs its own: `{pid}` and `{hostname}` are filled in as in `file`.
   *
   * @default false
   * @throws `ERR_ROTOR_OPTIONS` for a path that does not end in `.prom`.
   */
  metrics?: false | string

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
