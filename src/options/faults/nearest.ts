// Finds the known word that a mistyped one probably means. The distance counts the typical slips: letters added, left out, replaced, and neighbours
// swapped (optimal string alignment).

/** The known word that is nearest to a mistyped one, regardless of case; null if none is near. */
export function nearest (word: string, known: readonly string[]): string | null {
  let best: string | null = null
  let bestDistance = Infinity
  for (const candidate of known) {
    const tolerated = Math.max(1, Math.floor(Math.max(candidate.length, word.length) / 3))
    if (Math.abs(candidate.length - word.length) > tolerated) continue
    const distance = distanceBetween(word.toLowerCase(), candidate.toLowerCase())
    if (distance <= tolerated && distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

function distanceBetween (from: string, to: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const replaced = at(last, column - 1) + (from[row - 1] === to[column - 1] ? 0 : 1)
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
        ? at(beforeLast, column - 2) + 1
        : Infinity
      current.push(Math.min(at(last, column) + 1, at(current, column - 1) + 1, replaced, swapped))
    }
    beforeLast = last
    last = current
  }
  return at(last, to.length)
}

function at (row: readonly number[], column: number): number {
  return row[column] ?? Infinity
}
