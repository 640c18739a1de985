// The shapes of the API's answers, as far as the page uses them. docs/web.md and openapi.json describe them whole.
import type { Bucket } from '../histogram/histogram-geometry.js'
import type { KnownField } from '../filter/completion.js'
import type { LogLine } from '../lines/ring.js'

export interface Limit {
  readonly name: string
  readonly used: number
  readonly allowed: number
  readonly unit: string
}

export interface LogOverview {
  readonly id: number
  readonly file: string
  readonly folder: string
  readonly bytes: number
  readonly files: number
  readonly lastTimeMs: number | null
  readonly bytesPerDay: number | null
  readonly errorsPerHour: readonly number[]
  readonly failing: ReadonlyArray<{ readonly step: string, readonly message: string }>
  readonly removesNext: { readonly file: string, readonly bytes: number, readonly reason: string, readonly daysLeft?: number | null } | null
  readonly limits: readonly Limit[]
  readonly stored?: unknown
  readonly forwarded?: unknown
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

export interface Finding {
  readonly check: string
  readonly state: 'ok' | 'warning' | 'problem'
  readonly message: string
  readonly remedy: string | null
}

export interface StatusAnswer {
  readonly status: Readonly<Record<string, unknown>>
  readonly findings: readonly Finding[]
}

export interface Sampled {
  readonly lines: number
  readonly bytes: number
  readonly totalBytes: number
}

export interface HistogramAnswer {
  readonly fromMs: number
  readonly toMs: number
  readonly bucketMs: number
  readonly levels: readonly string[]
  readonly buckets: readonly Bucket[]
  readonly isExact: boolean
  readonly sampled: Sampled | null
}

export interface FieldsAnswer {
  readonly fields: ReadonlyArray<KnownField & { readonly present: number }>
  readonly sampled: Sampled
}

export interface Measured {
  readonly count: number
  readonly p50?: number | null
  readonly p95?: number | null
  readonly p99?: number | null
}

export interface Group extends Measured {
  readonly value: unknown
  readonly series: ReadonlyArray<Measured & { readonly timeMs: number }>
}

export interface GroupsAnswer {
  readonly fromMs: number
  readonly toMs: number
  readonly bucketMs: number
  readonly groups: readonly Group[]
  readonly sampled: Sampled | null
}

export interface QueryAnswer {
  readonly columns: readonly string[]
  readonly rows: ReadonlyArray<readonly unknown[]>
  readonly isCut: boolean
}

export interface ContextAnswer {
  readonly lines: readonly LogLine[]
}

export interface LinesEnd {
  readonly before: string | null
  readonly after: string | null
  readonly isComplete: boolean
  readonly note?: string
}

export interface Progress {
  readonly readBytes: number
  readonly totalBytes: number
  readonly foundLines: number
}
