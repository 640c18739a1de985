// Runs the page's SQL with DuckDB, if it is installed. Unlike on the command line, the query comes over the network. So it may
// only be one `select`, and DuckDB may read no files but those of the log.
import { createRequire } from 'node:module'
import type { Window } from '../../../policy/filters/line-window.js'
import { usualTimeKeys } from '../../../policy/lines/line-time.js'
import { sourcesOfLog } from '../../../reading/lines/log-sources.js'
import type { QueryRows, WebLog, WebSource } from '../../../web/logs/web-log.js'
import { loadDuckDb, runReadOnly } from '../query/duckdb.js'
import { queryFiles } from '../query/query-files.js'

/** The function that runs SQL over a log; null if DuckDB is not installed. It is loaded with the first query. */
export function sqlOver (): WebSource['query'] {
  try {
    createRequire(import.meta.url).resolve('@duckdb/node-api')
  } catch {
    return null
  }
  return runSql
}

async function runSql (log: WebLog, sql: string, window: Window | null, rowsMax: number, signal: AbortSignal): Promise<QueryRows> {
  const duckDb = await loadDuckDb()
  const { archived, active, close } = await sourcesOfLog(log, window, usualTimeKeys)
  try {
    const sources = [...archived, ...active === null ? [] : [active.source]]
    const files = await queryFiles(sources, { conditions: [], window, timeKeys: usualTimeKeys, context: 0, threads: 0, signal }, { say: () => {} })
    try {
      if (files.paths.length === 0) return { columns: [], rows: [] }
      const { columns, values } = await runReadOnly(duckDb, files.paths, sql, rowsMax, signal)
      return { columns, rows: values }
    } finally {
      files.remove()
    }
  } finally {
    await close()
  }
}
