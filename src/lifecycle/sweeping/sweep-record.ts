// What a sweep did, for a caller that waits for it.
import type { BundledEvent, CompressedEvent, FailedEvent, RemovedEvent } from '../../events.js'

export interface SweepRecord {
  readonly removed: readonly RemovedEvent[]
  readonly bundled: readonly BundledEvent[]
  readonly compressed: readonly CompressedEvent[]
  /** Paths of removed leftovers: unfinished files, and archives whose finished copy or bundle holds their whole content. */
  readonly cleared: readonly string[]
  readonly failed: readonly FailedEvent[]
}

export const nothingDone: SweepRecord = { removed: [], bundled: [], compressed: [], cleared: [], failed: [] }

/** Merges both records. A failure in both is kept once. */
export function joinRecords (first: SweepRecord, second: SweepRecord): SweepRecord {
  const isNew = (failure: FailedEvent): boolean => !first.failed.some(({ step, path }) => step === failure.step && path === failure.path)
  return {
    removed: [...first.removed, ...second.removed],
    bundled: [...first.bundled, ...second.bundled],
    compressed: [...first.compressed, ...second.compressed],
    cleared: [...first.cleared, ...second.cleared],
    failed: [...first.failed, ...second.failed.filter(isNew)]
  }
}
