// `/api/v1/logs/{id}/download`: the matching lines as a file, as they stand or as CSV. It is written as it is read.
import { LineReader } from '../../reading/lines/line-reader.js'
import { giveBack } from '../../reading/scan/memory-return.js'
import { fieldAt, parseRecord, valueText } from '../../policy/lines/field-path.js'
import { writePart } from '../server/answers.js'
import { RequestError, wrongParameter } from '../server/request-error.js'
import type { LogRequest } from '../server/web-request.js'
import { readRequest, withLog } from '../logs/open-log.js'
import { given, lineQueryOf } from './request-filters.js'

const columnsUsual = ['time', 'level', 'msg']
const columnsMax = 50
/** The line itself, for lines that are no JSON objects. */
const lineColumn = 'line'

type Format = 'ndjson' | 'csv'

/** Answers with an attachment. */
export async function downloadRoute (asked: LogRequest): Promise<void> {
  const { log, response, downloads, signal, query } = asked
  const lineQuery = lineQueryOf(asked)
  const format = formatOf(query)
  const columns = columnsOf(query)
  await downloads.run(async () => await withLog(log, lineQuery, async ({ sources }) => {
    response.writeHead(200, { 'Content-Type': format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson; charset=utf-8', 'Content-Disposition': `attachment; filename="lines.${format}"` })
    if (format === 'csv') await writePart(response, `${columns.map(csvCell).join(',')}\r\n`)
    for await (const event of new LineReader(sources, { ...readRequest(lineQuery, asked), threads: 1 }).read()) {
      if (event.kind !== 'lines') continue
      const { lines, isSole } = event.batch
      if (format === 'csv') await writePart(response, csvRows(lines, columns))
      else await writePart(response, lines, () => { if (isSole === true) giveBack(lines) })
    }
    response.end()
  }), signal)
}

function formatOf (query: URLSearchParams): Format {
  const format = given(query, 'format') ?? 'ndjson'
  if (format === 'ndjson' || format === 'csv') return format
  throw wrongParameter('format', 'ndjson or csv', format)
}

function columnsOf (query: URLSearchParams): string[] {
  const columns = given(query, 'fields')?.split(',').map((name) => name.trim()).filter((name) => name !== '') ?? columnsUsual
  if (columns.length > columnsMax) throw new RequestError(400, 'parameter', `fields: more than ${columnsMax} columns`)
  return columns
}

function csvRows (lines: Buffer, columns: readonly string[]): string {
  return lines.toString('utf8').split('\n').filter((line) => line !== '').map((line) => csvRow(line, columns)).join('')
}

function csvRow (line: string, columns: readonly string[]): string {
  const record = parseRecord(line)
  return `${columns.map((column, index) => {
    if (column === lineColumn || (record === null && index === columns.length - 1)) return csvCell(line)
    return csvCell(fieldAt(record, column.split('.')))
  }).join(',')}\r\n`
}

/** A cell of CSV. A text that a spreadsheet would run as a formula begins with an apostrophe. */
function csvCell (value: unknown): string {
  if (value === undefined || value === null) return ''
  const text = valueText(value)
  const safe = typeof value !== 'number' && /^\s*[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
