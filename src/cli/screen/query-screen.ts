// Shows the result of a query, as a table that fits the terminal, as JSON or as CSV. Rows are shown as they come, so a result of any
// length takes little memory.
import type { Rows } from '../commands/query/duckdb.js'
import type { Face } from '../terminal/face.js'
import { showTable } from './table.js'
import { shorten } from './units.js'
import { showJson, visible } from '../terminal/visible.js'

type Parts = AsyncIterable<Rows>
type Cells = ReadonlyArray<readonly string[]>

const gapLength = 2
const cellLengthMin = 4
/** So many rows decide how wide the columns are. */
const rowsMeasured = 10_000

/** Draws the table. On a terminal, columns shrink to fit. */
export async function * queryTable (parts: Parts, { isTerminal, lineColumns: room, paint }: Pick<Face, 'isTerminal' | 'lineColumns' | 'paint'>): AsyncGenerator<string, void> {
  let layout: Layout | null = null
  for await (const { columns, values } of inParts(parts)) {
    if (columns.length === 0) continue
    const isFirst = layout === null
    layout ??= layoutOf(columns, values, isTerminal ? room : null)
    const { lengths, sides } = layout
    const rows = [...isFirst ? [columns] : [], ...values.map((row) => row.map(textOf))]
    const cut = isTerminal ? rows.map((row) => row.map((cell, column) => shorten(cell, lengths[column] ?? cell.length))) : rows
    const lines = showTable(cut, sides, '', lengths)
    yield lines.map((line, index) => `${isFirst && index === 0 ? paint('bold', line) : line}\n`).join('')
  }
}

/** Writes the rows as JSON, an array of objects. */
export async function * queryJson (parts: Parts): AsyncGenerator<string, void> {
  let isEmpty = true
  for await (const { columns, values } of parts) {
    if (values.length === 0) continue
    const objects = values.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]])))
    // Without the brackets of the array, which go around all parts.
    yield (isEmpty ? '[\n' : ',\n') + showJson(objects).slice(2, -3)
    isEmpty = false
  }
  yield isEmpty ? showJson([]) : '\n]\n'
}

/** Writes the rows as CSV (RFC 4180). */
export async function * queryCsv (parts: Parts): AsyncGenerator<string, void> {
  let isFirst = true
  for await (const { columns, values } of parts) {
    yield [...isFirst ? [columns] : [], ...values.map((row) => row.map(textOf))].map((row) => `${row.map(quoted).join(',')}\r\n`).join('')
    isFirst = false
  }
}

interface Layout {
  readonly lengths: readonly number[]
  readonly sides: ReadonlyArray<'left' | 'right'>
}

// The first part has the rows that decide.
async function * inParts (parts: Parts): AsyncGenerator<Rows, void> {
  let first: Array<readonly unknown[]> | null = []
  let columns: readonly string[] = []
  for await (const part of parts) {
    columns = part.columns
    if (first === null) {
      yield part
      continue
    }
    for (const row of part.values) first.push(row)
    if (first.length < rowsMeasured) continue
    yield { columns, values: first }
    first = null
  }
  if (first !== null) yield { columns, values: first }
}

function layoutOf (columns: readonly string[], values: Rows['values'], room: number | null): Layout {
  const rows: Cells = [columns, ...values.map((row) => row.map(textOf))]
  const widths = columns.map((_, column) => rows.reduce((most, row) => Math.max(most, visible(row[column] ?? '').length), 0))
  return {
    lengths: room === null ? widths : fitting(widths, room),
    sides: columns.map((_, column) => values.length > 0 && values.every((row) => isNumber(row[column])) ? 'right' : 'left')
  }
}

// The widest column shrinks first.
function fitting (widths: readonly number[], room: number): number[] {
  const lengths = [...widths]
  let surplus = lengths.reduce((sum, length) => sum + length + gapLength, -gapLength) - room
  while (surplus > 0) {
    const widest = lengths.indexOf(lengths.reduce((a, b) => Math.max(a, b), 0))
    if ((lengths[widest] ?? 0) <= cellLengthMin) break
    lengths[widest] = (lengths[widest] ?? 0) - 1
    surplus--
  }
  return lengths
}

function textOf (value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

// DuckDB returns large integers as text.
function isNumber (value: unknown): boolean {
  return value === null || typeof value === 'number' || (typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value))
}

function quoted (cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
