// `/api/v1/logs`: every log with what an overview shows of it.
import { sendJson } from '../server/answers.js'
import type { WebRequest } from '../server/web-request.js'
import { overviewOf } from './overview.js'

/** Lists the logs. */
export async function logsRoute ({ source, response }: WebRequest): Promise<void> {
  const { logs, refusal } = await source.logs()
  const shown = await Promise.all(logs.map(async (log) => await overviewOf(log)))
  sendJson(response, { title: source.title, timezone: source.timezone, version: source.version, hasQuery: source.query !== null, ...refusal !== null && { note: refusal }, logs: shown })
}
