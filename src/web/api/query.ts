// `/api/v1/logs/{id}/query`: SQL over the lines, if DuckDB is installed.
import { isError } from '../../errors.js'
import { sendJson } from '../server/answers.js'
import { RequestError } from '../server/request-error.js'
import type { LogRequest } from '../server/web-request.js'
import { given, windowOf } from './request-filters.js'

const rowsMax = 1_000
const sqlCharactersMax = 4_000

/** Answers with rows. */
export async function queryRoute ({ source, log, query, response, gate, signal }: LogRequest): Promise<void> {
  const run = source.query
  if (run === null) throw new RequestError(501, 'no_duckdb', 'SQL needs DuckDB, which is not installed: npm install @duckdb/node-api')
  const sql = given(query, 'sql')
  if (sql === undefined || sql.length > sqlCharactersMax) throw new RequestError(400, 'parameter', `sql: expected a query of at most ${sqlCharactersMax} characters, such as select level, count(*) from log group by 1`)
  const window = windowOf(query, source)
  try {
    const { columns, rows } = await gate.run(async () => await run(log, sql, window, rowsMax + 1, signal), signal)
    sendJson(response, { columns, rows: rows.slice(0, rowsMax), isCut: rows.length > rowsMax })
  } catch (error) {
    signal.throwIfAborted()
    if (isError(error) && error.name === 'UsageError') throw new RequestError(422, 'sql', error.message)
    throw error
  }
}
