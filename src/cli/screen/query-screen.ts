// Shows the result of a query, as a table that fits the terminal, or as CSV.
import type { Rows } from '../commands/query/duckdb.js'
import type { Face } from '../terminal/face.js'
import { showTable } from './table.js'
import { shorten } from './units.js'
import { visible } from '../terminal/visible.js'

const gapLength = 2
const cellLengthMin = 4

/** Draws the table. On a terminal, columns shrink to fit. */
export function queryTable ({ columns, values }: Rows, { isTerminal, lineColumns: room, paint }: Pick<Face, 'isTerminal' | 'lineColumns' | 'paint'>): string {
  if (columns.length === 0) return ''
  const rows = [columns, ...values.map((row) => row.map(textOf))].map((row) => row.map(visible))
  const widths = columns.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  const lengths = isTerminal ? fitting(widths, room) : widths
  const cut = rows.map((row) => row.map((cell, column) => shorten(cell, lengths[column] ?? cell.length)))
  const sides = columns.map((_, column) => values.length > 0 && values.every((row) => isNumber(row[column])) ? 'right' as const : 'left' as const)
  const [heading = '', ...lines] = showTable(cut, sides, '')
  return `${[paint('bold', heading), ...lines].join('\n')}\n`
}

/** Writes the rows as CSV (RFC 4180). */
export function csv ({ columns, values }: Rows): string {
  return [columns, ...values.map((row) => row.map(textOf))].map((row) => `${row.map(quoted).join(',')}\r\n`).join('')
}

// The widest column shrinks first.
function fitting (widths: readonly number[], room: number): number[] {
  const lengths = [...widths]
  let surplus = lengths.reduce((sum, length) => sum + length + gapLength, -gapLength) - room
  while (surplus > 0) {
    const widest = lengths.indexOf(Math.max(...lengths))
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
