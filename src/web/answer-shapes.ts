// The shapes of the API's answers. The server writes them and the page reads them. docs/web.md and openapi.json describe them.

export interface Limit {
  readonly name: 'archives' | 'age' | 'total size' | 'disk free' | 'disk'
  readonly used: number
  readonly allowed: number
  readonly unit: 'files' | 'days' | 'bytes'
}

export interface LogOverview {
  readonly id: number
  readonly file: string
  readonly folder: string
  readonly bytes: number
  readonly files: number
  readonly lastTimeMs: number | null
  readonly bytesPerDay: number | null
  /** Of the last 24 hours, oldest first; empty until they are counted. */
  readonly errorsPerHour: readonly number[]
  readonly failing: ReadonlyArray<{ readonly step: string, readonly message: string }>
  readonly removesNext: { readonly file: string, readonly bytes: number, readonly reason: string, readonly daysLeft: number } | null
  readonly limits: readonly Limit[]
  readonly stored?: { readonly files: number, readonly waiting: number }
  readonly forwarded?: { readonly waitingLines: number, readonly lagSeconds: number | null }
}

export interface LogsAnswer {
  readonly title: string
  readonly timezone: string
  readonly version: string
  readonly hasQuery: boolean
  /** Why logs may be missing. */
  readonly note?: string
  readonly logs: readonly LogOverview[]
}

/** Something that the doctor found. */
export interface Finding {
  readonly check: string
  readonly state: 'ok' | 'warning' | 'problem'
  readonly message: string
  readonly remedy: string | null
}

export interface StatusAnswer {
  readonly status: object
  readonly findings: readonly Finding[]
}

/** What an answer is made from. It is everything if `bytes` is `totalBytes`. */
export interface Sample {
  readonly lines: number
  readonly bytes: number
  readonly totalBytes: number
}

export interface TimeBucket {
  readonly timeMs: number
  readonly counts: Readonly<Record<string, number>>
}

export interface HistogramAnswer {
  readonly fromMs: number
  readonly toMs: number
  readonly bucketMs: number
  readonly levels: readonly string[]
  readonly buckets: readonly TimeBucket[]
  /** Whether each line was counted in its own bucket. */
  readonly isExact: boolean
  /** Null if every file was looked at. */
  readonly sampled: Sample | null
}

export interface FieldSummary {
  readonly path: string
  /** How many of the lines have the field. */
  readonly present: number
  readonly isNumeric: boolean
  /** The most frequent ones first. */
  readonly values: ReadonlyArray<{ readonly value: string, readonly count: number }>
}

export interface FieldsAnswer {
  readonly fields: readonly FieldSummary[]
  readonly sampled: Sample
}

export interface Percentiles {
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

export interface GroupPoint extends Partial<Percentiles> {
  readonly timeMs: number
  readonly count: number
}

export interface GroupSeries extends Partial<Percentiles> {
  /** The value of the field; `null` for all groups beyond the most frequent ones. */
  readonly value: string | null
  readonly count: number
  readonly series: readonly GroupPoint[]
}

export interface GroupsAnswer {
  readonly fromMs: number
  readonly toMs: number
  readonly bucketMs: number
  readonly groups: readonly GroupSeries[]
  readonly sampled: Sample
}

export interface QueryAnswer {
  readonly columns: readonly string[]
  readonly rows: ReadonlyArray<readonly unknown[]>
  /** Whether the query has more rows. */
  readonly isCut: boolean
}

export interface LogLine {
  /** Names the line for good, across rotations. */
  readonly cursor: string
  /** At most 64 KiB of it. */
  readonly text: string
  /** Whether the line is longer. */
  readonly isCut?: true
}

export interface ContextAnswer {
  readonly lines: readonly LogLine[]
}

export interface LinesEnd {
  /** The cursor before which the search goes on to older lines. */
  readonly before: string | null
  /** The cursor after which newer lines come. A search that reaches the log's end gives the log's last line, whether it matched or not, and any other the newest match. */
  readonly after: string | null
  /** Whether there are no more lines in the direction of the search. */
  readonly isComplete: boolean
  /** What could not be read. */
  readonly note?: string
}

export interface Progress {
  readonly readBytes: number
  readonly totalBytes: number
  readonly foundLines: number
}
