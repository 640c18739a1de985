// `/api/v1/logs/{id}/fields`: which fields the newest matching lines have, and their most frequent values. The page completes
// filters with it.
import { parseRecord, valueText } from '../../policy/lines/field-path.js'
import { readRequest, withLog } from '../logs/open-log.js'
import { lineQueryOf } from '../api/request-filters.js'
import { sendJson } from '../server/answers.js'
import type { LogRequest } from '../server/web-request.js'
import { readNewest } from './newest-lines.js'
import type { FieldSummary } from '../answer-shapes.js'

const readMsMax = 1_500
const linesMax = 5_000
const fieldsMax = 200
const valuesTrackedMax = 200
const valuesShownMax = 20
const valueCharactersMax = 200
const depthMax = 3

interface Seen {
  present: number
  numbers: number
  readonly values: Map<string, number>
}

/** Answers with the fields. */
export async function fieldsRoute (asked: LogRequest): Promise<void> {
  const query = lineQueryOf(asked)
  const seen = new Map<string, Seen>()
  const sampled = await asked.gate.run(async () => await withLog(asked.log, query, async ({ sources }) => await readNewest(sources, {
    ...readRequest(query, asked),
    msMax: readMsMax,
    linesMax,
    take: (line) => { note(seen, parseRecord(line.toString('utf8')), '', 1) }
  })), asked.signal)
  sendJson(asked.response, { fields: summaries(seen), sampled })
}

function note (seen: Map<string, Seen>, record: Record<string, unknown> | null, prefix: string, depth: number): void {
  for (const [name, value] of Object.entries(record ?? {})) {
    const path = `${prefix}${name}`
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && depth < depthMax) note(seen, value as Record<string, unknown>, `${path}.`, depth + 1)
    else noteValue(seen, path, value)
  }
}

function noteValue (seen: Map<string, Seen>, path: string, value: unknown): void {
  const field = seen.get(path) ?? { present: 0, numbers: 0, values: new Map<string, number>() }
  if (!seen.has(path)) {
    if (seen.size >= fieldsMax) return
    seen.set(path, field)
  }
  field.present++
  if (typeof value === 'number') field.numbers++
  const text = valueText(value).slice(0, valueCharactersMax)
  const count = field.values.get(text)
  if (count !== undefined || field.values.size < valuesTrackedMax) field.values.set(text, (count ?? 0) + 1)
}

function summaries (seen: ReadonlyMap<string, Seen>): FieldSummary[] {
  return [...seen].sort(([, a], [, b]) => b.present - a.present).map(([path, { present, numbers, values }]) => ({
    path,
    present,
    isNumeric: numbers === present,
    values: [...values].sort(([, a], [, b]) => b - a).slice(0, valuesShownMax).map(([value, count]) => ({ value, count }))
  }))
}
