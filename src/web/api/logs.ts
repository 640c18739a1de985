// `/api/v1/logs`: every log with what an overview shows of it. The names alone come at once.
import { sendJson } from '../server/answers.js'
import type { WebRequest } from '../server/web-request.js'
import { wrongParameter } from '../server/request-error.js'
import { nameOf, overviewOf } from './overview.js'
import { given } from './request-filters.js'

/** Lists the logs. */
export async function logsRoute ({ source, query, response }: WebRequest): Promise<void> {
  const only = given(query, 'only')
  if (only !== undefined && only !== 'names') throw wrongParameter('only', 'names', only)
  const { logs, refusal } = await source.logs()
  const shown = only === 'names' ? logs.map(nameOf) : await Promise.all(logs.map(async (log) => await overviewOf(log)))
  sendJson(response, { title: source.title, timezone: source.timezone, version: source.version, hasQuery: source.query !== null, ...refusal !== null && { note: refusal }, logs: shown })
}
