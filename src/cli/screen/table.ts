// Aligns text in columns.
import { visible } from '../terminal/visible.js'

export type Side = 'left' | 'right'

/** Aligns rows in columns, two spaces apart. A missing cell is empty. Columns are as wide as `lengths` says, or else as their widest cell. */
export function showTable (cells: ReadonlyArray<readonly string[]>, sides: readonly Side[], indent = '  ', lengths?: readonly number[]): string[] {
  const rows = cells.map((row) => row.map(visible))
  const widths = lengths ?? sides.map((_, column) => rows.reduce((most, row) => Math.max(most, (row[column] ?? '').length), 0))
  return rows.map((row) => indent + sides
    .map((side, column) => {
      const cell = row[column] ?? ''
      const width = widths[column] ?? 0
      return side === 'left' ? cell.padEnd(width) : cell.padStart(width)
    })
    .join('  ')
    .trimEnd())
}
