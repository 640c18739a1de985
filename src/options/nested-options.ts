// The options that are objects themselves, each member with its effect, unit and default.
import type { Duplex } from 'node:stream'
import type { Algorithm } from './settings.js'
import type { CronExpression, Duration, Size } from './units.js'

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
   * own at a low priority; brotli and zstd run in Node's thread pool, which they share with the application.
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

  /**
   * Writes gzip archives as blocks of at most 1 MiB of lines, each with a header that says the times and the levels of
   * its lines. `cat` and `query` then read only the blocks that they need. Every tool that reads gzip reads the archive
   * as before. `false`: one gzip member without such a header. See docs/format.md.
   *
   * @default true
   * @throws `ERR_ROTOR_OPTIONS` for `true` beside `'brotli'`, `'zstd'` or `module`, which have no blocks.
   */
  blocks?: boolean

  /**
   * Indexes the values of up to four fields in the headers of the blocks, such as `['reqId', 'user.id']`, so that one value is found without
   * reading the rest. A dot reaches inside an object. It costs up to 1.8 bytes for each different value in a block.
   *
   * @default none
   * @throws `ERR_ROTOR_OPTIONS` for more than four names, for a name of more than 255 bytes, and if archives have no blocks.
   */
  index?: string[]
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
   * Keeps this many bytes free on the file system: removes the oldest archives until they are free.
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
  /** A level by pino's name, by its number, or by the name that the logger's `customLevels` give it. */
  level?: Level | (string & Record<never, never>)
  [field: string]: string | number | boolean | null | undefined
}
