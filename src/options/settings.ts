// The parsed options: every field is present, sizes are in bytes, times in milliseconds, and a lifted limit is infinite. All other code reads
// these and never the options.
import type { Duplex } from 'node:stream'
import type { Report } from '../report.js'

/** When one period ends and the next begins: at each multiple of a duration since the epoch, or whenever a cron expression comes true. */
export type Schedule =
  | { readonly kind: 'interval', readonly everyMs: number }
  | { readonly kind: 'cron', readonly expression: string, readonly timezone: string }

/** The compression algorithms. Every supported Node has gzip and brotli; only some have zstd. */
export type Algorithm = 'gzip' | 'brotli' | 'zstd'

/** When a rotated archive is compressed: after a delay, or by the next scheduled sweep. */
export type CompressAfter = { readonly delayMs: number } | 'sweep'

/** The user's own compressor, by the path of its module. The worker gets the path and loads the module. */
export interface OwnModule {
  readonly module: string
}

/** The user's own compressor, loaded. */
export interface UserCompressor extends OwnModule {
  /** The end of its archives' names, with the dot. It is not one of the built-in suffixes. */
  readonly suffix: `.${string}`
  /** Makes a stream that compresses. */
  readonly create: () => Duplex
  /** Makes a stream that decompresses; null if the module has none. */
  readonly restore: (() => Duplex) | null
}

/** The compression of an archive. Most can also decompress. */
export type Codec = Algorithm | UserCompressor

export interface Compression {
  readonly algorithm: Codec | OwnModule
  /** Within the algorithm's range; 0 for a module, which has no levels. */
  readonly level: number
  readonly after: CompressAfter
  /** The fields that the headers of gzip blocks index; null if archives have no blocks. */
  readonly blocks: { readonly index: readonly string[] } | null
}

/** Retention limits. A lifted limit is `Infinity`; for `freeBytesMin` it is 0. */
export interface Limits {
  readonly count: number
  readonly ageMs: number
  readonly totalBytes: number
  readonly freeBytesMin: number
}

/** The period whose archives are merged into one bundle. */
export type BundlePeriod = 'month' | 'week' | 'day'

export interface Bundling {
  readonly period: BundlePeriod
  /** When finished periods are merged. */
  readonly schedule: Schedule
  /** The absolute path of the bundles' folder, below the log's own. */
  readonly directory: string
  readonly limits: Limits
}

/** A value that a field can be compared with. */
export type FieldValue = string | number | boolean | null

/** The conditions for a line to match. All of them must hold. */
export interface Match {
  /** The lowest level that matches; null for any, `Infinity` while the number of its name is unknown. */
  readonly levelMin: number | null
  /** The level's name, if it was given by name. A logger with levels of its own may give it another number. */
  readonly levelName: string | null
  readonly fields: ReadonlyArray<readonly [field: string, value: FieldValue]>
}

/** Which lines start a new file: those that match, or those for which the module at that path returns true. */
export type RotateWhen = Match | { readonly module: string }

/** A separate file for the lines that match. */
export interface Route {
  readonly match: Match
  /** All settings of the file. Its `routes` are empty. */
  readonly settings: Settings
}

/** The bucket of an S3-compatible store. */
export interface BucketPlace {
  readonly kind: 'bucket'
  readonly bucket: string
  /** Where requests go, without the bucket. The default is `https://s3.REGION.amazonaws.com`. */
  readonly endpoint: string
  /** Whether the bucket is the first part of the path, not of the host name. */
  readonly isPathStyle: boolean
  readonly region: string
  /** The absolute path of the module that returns credentials; null for the environment or the optional peer. */
  readonly credentialsModule: string | null
  /** Headers of each PUT that never change: storage class, encryption, tags. */
  readonly putHeaders: Readonly<Record<string, string>>
  /** How long each object is locked; null for no lock. */
  readonly objectLock: { readonly mode: 'GOVERNANCE' | 'COMPLIANCE', readonly days: number } | null
}

/** A store of the user's own, by the absolute path of its module. */
export interface ModulePlace {
  readonly kind: 'module'
  readonly module: string
}

export interface Uploading {
  readonly place: BucketPlace | ModulePlace
  /** With the prefix of `to` and the host's name in it. */
  readonly keyTemplate: string
  /** The same for any host, with `{hostname}` as in the options. */
  readonly anyHostKeyTemplate: string
  /** How many bytes of archives retention keeps beyond the limits, because they are not stored yet. */
  readonly holdBytes: number
}

/** A receiver of OTLP over HTTP. */
export interface OtlpPlace {
  readonly kind: 'otlp'
  readonly url: string
  /** The headers as written, with `${NAME}` for variables of the environment. */
  readonly headers: Readonly<Record<string, string>>
  /** Attributes of every record's resource. */
  readonly resource: Readonly<Record<string, string>>
}

export interface Forwarding {
  readonly place: OtlpPlace | ModulePlace
  /** Where forwarding begins if there is no cursor yet. */
  readonly from: 'oldest' | 'now'
  /** How many bytes of archives retention keeps beyond the limits, because their lines were not sent yet. */
  readonly holdBytes: number
  /** The lowest level that is sent; null for every line. */
  readonly levelMin: number | null
}

export type Stamp = 'datetime' | 'date'

export interface Settings {
  /** The absolute path of the active file, with `{pid}` and `{hostname}` filled in. */
  readonly file: string
  readonly enabled: boolean
  /** `Infinity` for no limit. */
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
  readonly upload: Uploading | null
  readonly forward: Forwarding | null
  /** The absolute path of the file for Prometheus; null for none. */
  readonly metricsFile: string | null
  /** The name of the link to the active file, in the same folder; null for none. */
  readonly link: string | null
  readonly mkdir: boolean
  readonly mode: number
  readonly fsync: boolean
  readonly bufferBytesMax: number
  readonly report: Report
  /** A line goes to the first matching route. */
  readonly routes: readonly Route[]
}
