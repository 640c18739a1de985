// Finds archives that are missing between others. Numbers within a stamp begin at 0 without gaps, and retention removes only
// the oldest. So any other missing archive was removed by another program.
import type { ArchiveId } from './archive-name.js'

export interface NameGap extends ArchiveId {
  /** The archive that comes after the gap. */
  readonly before: ArchiveId
}

/** The first missing archive of each gap. The ids must be in the order of names. */
export function nameGaps (ids: readonly ArchiveId[]): NameGap[] {
  const gaps: NameGap[] = []
  ids.forEach((id, index) => {
    const previous = ids[index - 1]
    if (previous === undefined) return
    const expected = previous.stamp === id.stamp ? previous.n + 1 : 0
    if (id.n > expected) gaps.push({ stamp: id.stamp, n: expected, before: { stamp: id.stamp, n: id.n } })
  })
  return gaps
}
