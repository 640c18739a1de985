// `/api/v1/openapi.json`: the description of this API. A test compares it with real answers.
import { sendJson } from '../server/answers.js'
import type { WebRequest } from '../server/web-request.js'
import { schemas } from './open-api-schemas.js'

const string = { type: 'string' } as const
const filters = [
  parameter('since', 'Lines of this time or later, as --since of cat takes it.'),
  parameter('until', 'Lines of this time or earlier.'),
  parameter('level', 'Lines of this level and above: a name or a number.'),
  { ...parameter('match', 'FIELD=VALUE, as --match of cat takes it. It may be repeated.'), schema: { type: 'array', items: string }, explode: true },
  { ...parameter('grep', 'A text, or /RE/i. It may be repeated.'), schema: { type: 'array', items: string }, explode: true }
]
const id = { name: 'id', in: 'path', required: true, schema: { type: 'integer' }, description: 'The number of a log in /api/v1/logs.' }

/** The description without the path of the server. */
function openApi (version: string): object {
  return {
    openapi: '3.1.0',
    info: { title: 'pino-rotor web', version, description: 'Reads logs. Nothing can be changed.' },
    security: [{ bearer: [] }, { cookie: [] }],
    components: { schemas, securitySchemes: { bearer: { type: 'http', scheme: 'bearer' }, cookie: { type: 'apiKey', in: 'cookie', name: 'pino-rotor-PORT' } } },
    paths: {
      '/api/v1/logs': json('Every log.', 'Logs', [parameter('only', 'names: comes at once, with the names alone. All else is empty.')]),
      '/api/v1/logs/{id}/status': json('What status --json and doctor --json print.', 'Status', [id]),
      '/api/v1/logs/{id}/lines': json('Matching lines: the newest, or those before or after a line.', 'Lines', [id, ...filters, parameter('limit', 'At most so many lines: 1 to 1000, 200 by default.'), parameter('before', 'A cursor.'), parameter('after', 'A cursor.')]),
      '/api/v1/logs/{id}/context': json('The lines around one line.', 'Context', [id, required('cursor', 'The cursor of the line.'), parameter('lines', 'So many before and after it: 0 to 100, 5 by default.')]),
      '/api/v1/logs/{id}/histogram': json('Lines by time and level.', 'Histogram', [id, ...filters, parameter('buckets', '1 to 500, 120 by default.')]),
      '/api/v1/logs/{id}/fields': json('The fields of the newest matching lines.', 'Fields', [id, ...filters]),
      '/api/v1/logs/{id}/groups': json('Counts by a field over time, and percentiles of a numeric field.', 'Groups', [id, ...filters, required('by', 'The field.'), parameter('measure', 'A numeric field.'), parameter('buckets', '1 to 300, 60 by default.')]),
      '/api/v1/logs/{id}/query': json('SQL over the view log, with DuckDB.', 'Rows', [id, required('sql', 'One select.'), parameter('since', 'Lines of this time or later.'), parameter('until', 'Lines of this time or earlier.')]),
      '/api/v1/logs/{id}/download': other('Matching lines as a file.', ['application/x-ndjson', 'text/csv'], [id, ...filters, parameter('format', 'ndjson or csv.'), parameter('fields', 'The columns of CSV, with commas between them.')]),
      '/api/v1/logs/{id}/follow': other('New lines as events.', ['text/event-stream'], [id, ...filters.slice(2), parameter('after', 'A cursor; Last-Event-ID counts before it.')]),
      '/metrics': other("The gauges of every log in Prometheus's text format.", ['text/plain'], [])
    }
  }
}

/** Answers with the description. */
export async function openApiRoute ({ source, response }: WebRequest): Promise<void> {
  sendJson(response, openApi(source.version))
  await Promise.resolve()
}

function parameter (name: string, description: string) {
  return { name, in: 'query', required: false, schema: string, description } as const
}

function required (name: string, description: string) {
  return { ...parameter(name, description), required: true } as const
}

function json (summary: string, schema: keyof typeof schemas, parameters: readonly object[]): object {
  return { get: { summary, parameters, responses: { 200: { description: summary, content: { 'application/json': { schema: reference(schema) } } }, default: fault } } }
}

function other (summary: string, types: readonly string[], parameters: readonly object[]): object {
  return { get: { summary, parameters, responses: { 200: { description: summary, content: Object.fromEntries(types.map((type) => [type, { schema: string }])) }, default: fault } } }
}

const fault = { description: 'A fault, in one sentence.', content: { 'application/json': { schema: reference('Fault') } } }

function reference (schema: keyof typeof schemas): object {
  return { $ref: `#/components/schemas/${schema}` }
}
