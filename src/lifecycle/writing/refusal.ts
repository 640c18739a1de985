// What waits first while the disk refuses: lines that an attempt to write them has left in part, or not at all.
import type { ActiveFile } from '../../disk/active/active-file.js'
import { lineStart } from '../../policy/lines/line-boundary.js'

export interface Refusal {
  readonly at: 'refused'
  readonly file: ActiveFile
  /** What must be written first. At `write` the file keeps it for that; at `open` it went into the file, which seems to have been removed. */
  readonly pending: Buffer
  /**
   * What is tried again. `sync`: to make the names that a rotation gave survive a power cut, where lines are to. `confirm`:
   * to learn whether the file, which all of `pending` was written into, is one that is being removed.
   */
  readonly step: 'open' | 'write' | 'sync' | 'confirm'
  readonly attempts: number
}

/** What the disk has not taken. */
export function unwrittenBytes ({ file, pending, step }: Refusal): Buffer {
  switch (step) {
    case 'write': return pending.subarray(pending.length - file.unwrittenBytes)
    case 'confirm': return pending.subarray(pending.length)
    // They were to be written again, to be safe. While a name leads to the file, or it is kept elsewhere, they are in it.
    case 'open': return file.isLost() ? pending : pending.subarray(pending.length)
    case 'sync': return pending
  }
}

/** The same with the beginning of a line that was taken in part, for another file. */
export function unwrittenLines (refused: Refusal): Buffer {
  const { pending } = refused
  return pending.subarray(lineStart(pending, pending.length - unwrittenBytes(refused).length))
}
