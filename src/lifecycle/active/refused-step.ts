// The phase in which lines wait because the disk refused a step. It also tells which of them are in no file yet.
import type { ActiveFile } from '../../disk/active/active-file.js'
import { lineStart } from '../../policy/lines/line-boundary.js'

export interface Refused {
  readonly at: 'refused'
  readonly file: ActiveFile
  /**
   * A copy of the first waiting lines. At `write` a part of them may be in the file. At `open` they are in the file, which
   * seems to be removed.
   */
  readonly pending: Buffer
  /**
   * The step that is tried again.
   *
   * - `open`: open the file at the path.
   * - `write`: write the rest of `pending`.
   * - `sync`: sync the folder after a rotation, so that its new names survive a power cut.
   * - `confirm`: find out whether the file that holds `pending` is being removed at this moment.
   */
  readonly step: 'open' | 'write' | 'sync' | 'confirm'
  /** How often the step was refused. */
  readonly attempts: number
}

const nothing: Buffer = Buffer.alloc(0)

/** The phase for a step that was not tried yet, or was refused once. */
export function untried (step: Refused['step'], file: ActiveFile, pending = nothing): Refused {
  return { at: 'refused', file, pending, step, attempts: 0 }
}

/** The bytes of `pending` that are in no file. */
export function unwrittenBytes ({ file, pending, step }: Refused): Buffer {
  switch (step) {
    case 'write': return pending.subarray(pending.length - file.unwrittenBytes)
    case 'confirm': return pending.subarray(pending.length)
    // The lines are in the file. They are lost only if the file is.
    case 'open': return file.isLost() ? pending : pending.subarray(pending.length)
    case 'sync': return pending
  }
}

/** The same, from the start of the partly written line. Another file needs that line as a whole. */
export function unwrittenLines (refused: Refused): Buffer {
  const { pending } = refused
  return pending.subarray(lineStart(pending, pending.length - unwrittenBytes(refused).length))
}
