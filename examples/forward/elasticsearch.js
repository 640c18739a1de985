// Elasticsearch's _bulk. A line's digest is its id, so a line that is sent again takes its own place. Equal lines are stored once.
import { createHash } from 'node:crypto'
const { ELASTICSEARCH_URL = 'http://127.0.0.1:9200', INDEX = 'logs' } = process.env

export default async function send (lines, signal) {
  const response = await fetch(`${ELASTICSEARCH_URL}/${INDEX}/_bulk`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: lines.map((line) => `{"index":{"_id":"${createHash('sha256').update(line).digest('hex')}"}}\n${line}\n`).join(''),
    signal
  })
  if (!response.ok) throw new Error(`Elasticsearch answered ${response.status}`)
  const statuses = (await response.json()).items.map(({ index }) => index.status)
  const failed = statuses.filter((status) => status >= 300)
  if (failed.some((status) => status === 429 || status >= 500)) throw new Error(`Elasticsearch answered ${failed[0]} for a line`)
  // The line that does not fit the index is found by halving the batch, and set aside.
  if (failed.length > 0) throw Object.assign(new Error(`a line was answered with ${failed[0]}`), { rejected: true })
}
