// Which archives are missing between others. Numbers within a stamp begin at 0 and leave none out, and retention takes from
// the oldest end only: whatever else is missing was removed by somebody.
import type { ArchiveId } from './archive-name.js'

export interface NameGap extends ArchiveId {
  /** The archive that comes after what is missing. */
  readonly before: ArchiveId
}

/** The first missing archive of each gap; the ids come in the order of names. */
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
