// Aligns text in columns, each as wide as its widest cell.
import { visible } from '../terminal/visible.js'

export type Side = 'left' | 'right'

/** Aligns rows in columns, two spaces apart. A missing cell is empty. */
export function showTable (cells: ReadonlyArray<readonly string[]>, sides: readonly Side[], indent = '  '): string[] {
  const rows = cells.map((row) => row.map(visible))
  const widths = sides.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  return rows.map((row) => indent + sides
    .map((side, column) => {
      const cell = row[column] ?? ''
      const width = widths[column] ?? 0
      return side === 'left' ? cell.padEnd(width) : cell.padStart(width)
    })
    .join('  ')
    .trimEnd())
}
