// Runs the page's SQL, as `query` does, if DuckDB is installed.
import { usualTimeKeys } from '../../../policy/lines/line-time.js'
import { sourcesOfLog } from '../../../reading/lines/log-sources.js'
import type { WebSource } from '../../../web/api/web-log.js'
import { UsageError } from '../../call/usage-error.js'
import { loadDuckDb, runQuery } from '../query/duckdb.js'
import { queryFiles } from '../query/query-files.js'

/** The function that runs SQL over a log; null if DuckDB is not installed. */
export async function sqlOver (): Promise<WebSource['query']> {
  try {
    const duckDb = await loadDuckDb()
    return async (log, sql, window, signal) => {
      const { archived, active, close } = await sourcesOfLog(log, window, usualTimeKeys)
      try {
        const sources = [...archived, ...active === null ? [] : [active.source]]
        const files = await queryFiles(sources, { conditions: [], window, timeKeys: usualTimeKeys, context: 0, threads: 0, signal }, { say: () => {} })
        try {
          if (files.paths.length === 0) return { columns: [], rows: [] }
          const { columns, values } = await runQuery(duckDb, files.paths, sql)
          return { columns, rows: values }
        } finally {
          files.remove()
        }
      } finally {
        await close()
      }
    }
  } catch (error) {
    if (error instanceof UsageError) return null
    throw error
  }
}
