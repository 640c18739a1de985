// What the options become once they are parsed: every field present, every size in bytes, every time in
// milliseconds, every lifted limit infinite. Code behind the border reads this and never the options.
import type { Duplex } from 'node:stream'

/** When one period ends and the next begins: each multiple of a duration since the epoch, or each time a cron expression comes true. */
export type Schedule =
  | { readonly kind: 'interval', readonly everyMs: number }
  | { readonly kind: 'cron', readonly expression: string, readonly timezone: string }

/** The compression that every Node this package supports can do, and zstd where Node has it. */
export type Algorithm = 'gzip' | 'brotli' | 'zstd'

/** When a rotated archive is compressed: after a delay, or by the next scheduled sweep. */
export type CompressAfter = { readonly delayMs: number } | 'sweep'

/** A compressor of the user's own, by the path of its module: a worker is given the path and loads it. */
export interface OwnModule {
  readonly module: string
}

/** The same once it is loaded. */
export interface UserCompressor extends OwnModule {
  /** What its archives' names end in, dot included; none of ours. */
  readonly suffix: `.${string}`
  /** Makes the stream that packs. */
  readonly create: () => Duplex
  /** Makes the stream that unpacks; null where the module has none. */
  readonly restore: (() => Duplex) | null
}

/** What packs, and mostly unpacks. */
export type Codec = Algorithm | UserCompressor

export interface Compression {
  readonly algorithm: Codec | OwnModule
  /** Already checked against the algorithm's range; 0 for a module, which has none. */
  readonly level: number
  readonly after: CompressAfter
}

/** A limit that is lifted is `Infinity`, or 0 for the free space to keep. */
export interface Limits {
  readonly count: number
  readonly ageMs: number
  readonly totalBytes: number
  readonly freeBytesMin: number
}

/** The stretch of the calendar whose archives are joined into one bundle. */
export type BundlePeriod = 'month' | 'week' | 'day'

export interface Bundling {
  readonly period: BundlePeriod
  /** When the periods that are over by then are joined. */
  readonly schedule: Schedule
  /** The absolute path of the folder that the bundles go to, below the log's own. */
  readonly directory: string
  readonly limits: Limits
}

/** What the value of a field can be compared with. */
export type FieldValue = string | number | boolean | null

/** What a line must say; all of it. */
export interface Match {
  /** Null where any level will do. */
  readonly levelMin: number | null
  readonly fields: ReadonlyArray<readonly [field: string, value: FieldValue]>
}

/** With which line a new file begins: one that matches, or one for which the module at that path says so. */
export type RotateWhen = Match | { readonly module: string }

/** A file of its own for the lines that match. */
export interface Route {
  readonly match: Match
  /** Complete, and without routes. */
  readonly settings: Settings
}

export type Stamp = 'datetime' | 'date'

export type Report = 'all' | 'failures' | 'nothing'

export interface Settings {
  /** The active file's absolute path, `{pid}` and `{hostname}` filled in. */
  readonly file: string
  readonly enabled: boolean
  /** `Infinity` where there is no limit. */
  readonly fileBytesMax: number
  readonly rotation: Schedule | null
  readonly rotateWhen: RotateWhen | null
  /** An IANA zone name. */
  readonly timezone: string
  readonly stamp: Stamp
  readonly compression: Compression | null
  readonly limits: Limits
  readonly sweep: Schedule
  readonly bundle: Bundling | null
  /** The name, in the active file's folder, of a link to it; null for none. */
  readonly link: string | null
  readonly mkdir: boolean
  readonly mode: number
  readonly fsync: boolean
  readonly bufferBytesMax: number
  readonly report: Report
  /** The first that a line matches takes it. */
  readonly routes: readonly Route[]
}
