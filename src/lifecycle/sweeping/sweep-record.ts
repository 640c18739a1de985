// What a sweep did, for a caller that waits for it.
import type { BundledEvent, CompressedEvent, FailedEvent, RemovedEvent } from '../../events.js'

export interface SweepRecord {
  readonly removed: readonly RemovedEvent[]
  readonly bundled: readonly BundledEvent[]
  readonly compressed: readonly CompressedEvent[]
  /** Paths of what a crash had left behind: unfinished files, and archives whose finished copy or bundle holds all of them. */
  readonly cleared: readonly string[]
  readonly failed: readonly FailedEvent[]
}

export const nothingDone: SweepRecord = { removed: [], bundled: [], compressed: [], cleared: [], failed: [] }

/** Both records in one. A failure that is in both is kept once. */
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
