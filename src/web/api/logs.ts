// `/api/v1/logs`: every log with what an overview shows of it. The names alone come at once.
import { setTimeout } from 'node:timers/promises'
import { eachLog } from '../../lifecycle/survey/each-log.js'
import { sendJson } from '../server/answers.js'
import type { LogOverview } from '../answer-shapes.js'
import type { WebLog } from '../logs/web-log.js'
import type { WebRequest } from '../server/web-request.js'
import { wrongParameter } from '../server/request-error.js'
import { nameOf, overviewOf } from './overview.js'
import { given } from './request-filters.js'

const patienceMs = 150

/** Lists the logs. */
export async function logsRoute ({ source, query, response, looks, signal }: WebRequest): Promise<void> {
  const only = given(query, 'only')
  if (only !== undefined && only !== 'names') throw wrongParameter('only', 'names', only)
  const { logs, refusal } = await source.logs()
  const shown = only === 'names' ? logs.map(nameOf) : await looks.run(async () => await overviews(logs), signal)
  sendJson(response, { title: source.title, timezone: source.timezone, version: source.version, hasQuery: source.query !== null, ...refusal !== null && { note: refusal }, logs: shown })
}

async function overviews (logs: readonly WebLog[]): Promise<LogOverview[]> {
  const patience = setTimeout(patienceMs, undefined, { ref: false })
  return await eachLog(logs, async (log) => await overviewOf(log, patience))
}
