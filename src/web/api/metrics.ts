// `/metrics`: the gauges of every log in Prometheus's text format, as `status --prometheus` prints them.
import { eachLog } from '../../lifecycle/survey/each-log.js'
import { gaugesText } from '../../policy/metrics/prometheus.js'
import type { LogStatus } from '../../policy/status/status-shape.js'
import { sendText } from '../server/answers.js'
import type { WebRequest } from '../server/web-request.js'

/** Answers with the gauges. A log that cannot be read has none. */
export async function metricsRoute ({ source, response, looks, signal }: WebRequest): Promise<void> {
  const { logs } = await source.logs()
  const looked = await looks.run(async () => await eachLog(logs, async (log) => await log.status().catch((): LogStatus | null => null)), signal)
  const [first, ...others] = looked.filter((status) => status !== null)
  sendText(response, first === undefined ? '' : gaugesText({ ...first, routes: others }), 'text/plain; version=0.0.4; charset=utf-8')
}
