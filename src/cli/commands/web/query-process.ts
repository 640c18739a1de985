// Runs one SQL query of the page in a process of its own. DuckDB cannot be interrupted while it samples the files, and a
// process does not end before its threads have. This process is killed instead, and its memory is not the server's.
import { isError } from '../../../errors.js'
import type { QueryRows } from '../../../web/logs/web-log.js'
import { UsageError } from '../../call/usage-error.js'
import { loadDuckDb, runReadOnly } from '../query/duckdb.js'

export interface QueryTask {
  readonly paths: readonly string[]
  readonly sql: string
  readonly rowsMax: number
}

/** The rows, or why there are none. `isOfQuery` says whether the query is to blame. */
export type QueryReply = { readonly rows: QueryRows } | { readonly fault: string, readonly isOfQuery: boolean }

/** Of the rows as JSON. */
const replyCharactersMax = 8 * 1024 * 1024

process.once('message', (task) => { void answer(task as QueryTask) })
process.once('disconnect', () => { process.kill(process.pid, 'SIGKILL') })

async function answer (task: QueryTask): Promise<void> {
  const reply = await replyTo(task)
  process.send?.(reply, undefined, undefined, () => { process.disconnect() })
}

async function replyTo ({ paths, sql, rowsMax }: QueryTask): Promise<QueryReply> {
  try {
    const { columns, values } = await runReadOnly(await loadDuckDb(), paths, sql, rowsMax)
    const rows = { columns, rows: values }
    if (JSON.stringify(rows).length > replyCharactersMax) throw new UsageError('the answer has more than 8 MiB: select fewer columns, or fewer rows')
    return { rows }
  } catch (error) {
    return { fault: isError(error) ? error.message : String(error), isOfQuery: error instanceof UsageError }
  }
}
