// Columns of text, as wide as what stands in them.

export type Side = 'left' | 'right'

/** Aligns rows in columns, two spaces apart; a missing cell is empty. */
export function showTable (rows: ReadonlyArray<readonly string[]>, sides: readonly Side[], indent = '  '): string[] {
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
