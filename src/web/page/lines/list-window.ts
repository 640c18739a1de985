// Which rows of a long list are drawn, and where. All rows have one height, except the few that are unfolded.

export interface Unfolded {
  readonly index: number
  /** How much the row is higher than a folded one. */
  readonly extraPx: number
}

export interface ListShape {
  readonly count: number
  readonly rowPx: number
  /** In the order of their index. */
  readonly unfolded: readonly Unfolded[]
}

export interface ListWindow {
  /** The first index that is drawn, and the first behind those that are. */
  readonly from: number
  readonly to: number
}

/** The height of the whole list. */
export function listHeight ({ count, rowPx, unfolded }: ListShape): number {
  return count * rowPx + unfolded.reduce((sum, { extraPx }) => sum + extraPx, 0)
}

/** The distance of a row from the list's top. */
export function rowTop ({ rowPx, unfolded }: ListShape, index: number): number {
  return index * rowPx + unfolded.reduce((sum, row) => row.index < index ? sum + row.extraPx : sum, 0)
}

/** The index of the row at a distance from the list's top. */
export function rowAt (shape: ListShape, topPx: number): number {
  let passedPx = 0
  for (const { index, extraPx } of shape.unfolded) {
    const rowTopPx = index * shape.rowPx + passedPx
    if (topPx < rowTopPx + shape.rowPx) break
    if (topPx < rowTopPx + shape.rowPx + extraPx) return index
    passedPx += extraPx
  }
  return clamp(Math.floor((topPx - passedPx) / shape.rowPx), 0, Math.max(0, shape.count - 1))
}

/** The rows to draw, some more than the eye can see at either end. */
export function listWindow (shape: ListShape, scrollPx: number, viewPx: number, marginRows: number): ListWindow {
  if (shape.count === 0) return { from: 0, to: 0 }
  const from = Math.max(0, rowAt(shape, scrollPx) - marginRows)
  const to = Math.min(shape.count, rowAt(shape, scrollPx + viewPx) + 1 + marginRows)
  return { from, to }
}

/** Where to scroll so that the row is in view with what it has unfolded, moving as little as possible. */
export function scrollToRow (shape: ListShape, index: number, scrollPx: number, viewPx: number, extraPx = 0): number {
  const topPx = rowTop(shape, index)
  if (topPx < scrollPx) return topPx
  const bottomPx = topPx + Math.min(viewPx, shape.rowPx + extraPx)
  return bottomPx > scrollPx + viewPx ? bottomPx - viewPx : scrollPx
}

function clamp (value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value))
}
