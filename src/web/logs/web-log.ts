// What the server shows: the logs that the command found. The command brings it, so that the server knows nothing of options
// and arguments.
import type { Window } from '../../policy/filters/line-window.js'
import type { LogStatus } from '../../policy/status/status-shape.js'
import type { Settings } from '../../options/settings.js'
import type { Finding } from '../answer-shapes.js'

export interface WebLog {
  /** It names the log while the server runs. */
  readonly id: number
  /** The active file, as shown to the user. */
  readonly shown: string
  readonly settings: Settings
  /** Whether the settings come from the application, and are not the defaults. */
  readonly isConfigured: boolean
  readonly status: () => Promise<LogStatus>
  readonly findings: () => Promise<readonly Finding[]>
}

export interface QueryRows {
  readonly columns: readonly string[]
  readonly rows: ReadonlyArray<readonly unknown[]>
}

export interface WebSource {
  readonly title: string
  readonly timezone: string
  readonly version: string
  /** Every log now. `refusal` says why others may be missing. */
  readonly logs: () => Promise<{ readonly logs: readonly WebLog[], readonly refusal: string | null }>
  readonly find: (id: number) => Promise<WebLog | null>
  /** Reads the times of a request. Throws an error with a sentence for the user. */
  readonly window: (since: string | undefined, until: string | undefined) => Window
  /** Runs a query that cannot change anything, and reads no other files. Null if DuckDB is not installed. */
  readonly query: ((log: WebLog, sql: string, window: Window | null, rowsMax: number, signal: AbortSignal) => Promise<QueryRows>) | null
}
