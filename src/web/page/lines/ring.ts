// The rows that the page holds: at most so many rows and characters. Each row keeps its number for as long as it is held, so
// that the list can stay where the user looks while rows come and go at both ends.

export interface LogLine {
  /** Names the line for good, across rotations. */
  readonly cursor: string
  readonly text: string
  readonly isCut?: boolean
}

export type Row =
  | { readonly kind: 'line', readonly line: LogLine }
  | { readonly kind: 'gap', readonly message: string }

export interface RingBounds {
  readonly rowsMax: number
  readonly charactersMax: number
}

export class Ring {
  readonly #bounds: RingBounds
  #rows: Row[] = []
  #firstNumber = 0
  #characters = 0

  constructor (bounds: RingBounds) {
    this.#bounds = bounds
  }

  get size (): number { return this.#rows.length }
  /** The number of the oldest row. */
  get firstNumber (): number { return this.#firstNumber }
  get characters (): number { return this.#characters }

  /** The row at the index, the oldest first. */
  at (index: number): Row | undefined { return this.#rows[index] }

  /** The row with the number, while it is held. */
  numbered (number: number): Row | undefined { return this.#rows[number - this.#firstNumber] }

  /** Adds newer rows, and returns how many of the oldest had to go. */
  append (rows: readonly Row[]): number {
    for (const row of rows) {
      this.#rows.push(row)
      this.#characters += charactersOf(row)
    }
    const excess = this.#excess(this.#rows)
    this.#remove(0, excess)
    this.#firstNumber += excess
    return excess
  }

  /** Adds older rows, and returns how many of the newest had to go. */
  prepend (rows: readonly Row[]): number {
    this.#rows = [...rows, ...this.#rows]
    this.#firstNumber -= rows.length
    for (const row of rows) this.#characters += charactersOf(row)
    const excess = this.#excess(this.#rows.toReversed())
    this.#remove(this.#rows.length - excess, excess)
    return excess
  }

  clear (): void {
    this.#rows = []
    this.#firstNumber = 0
    this.#characters = 0
  }

  /** The rows of a ring in order, for another ring. */
  rows (): readonly Row[] { return this.#rows }

  /** The newest line, or the oldest one. */
  edgeLine (edge: 'newest' | 'oldest'): LogLine | null {
    const row = edge === 'newest' ? this.#rows.findLast(({ kind }) => kind === 'line') : this.#rows.find(({ kind }) => kind === 'line')
    return row?.kind === 'line' ? row.line : null
  }

  // How many rows from the beginning of the list have to go. One row always stays.
  #excess (rows: readonly Row[]): number {
    let characters = this.#characters
    let excess = 0
    while (excess < rows.length - 1 && (rows.length - excess > this.#bounds.rowsMax || characters > this.#bounds.charactersMax)) {
      const row = rows[excess]
      if (row !== undefined) characters -= charactersOf(row)
      excess++
    }
    return excess
  }

  #remove (from: number, count: number): void {
    for (const row of this.#rows.splice(from, count)) this.#characters -= charactersOf(row)
  }
}

function charactersOf (row: Row): number {
  return row.kind === 'line' ? row.line.text.length + row.line.cursor.length : row.message.length
}
