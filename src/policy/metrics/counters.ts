// Counts what a transport did since its start, from its events. A counter never goes back. It begins at 0 with each start.
import type { RemovalReason, RotationReason, RotorEvents, Step } from '../../events.js'

export interface Counters {
  lines: number
  bytes: number
  readonly rotations: Record<RotationReason, number>
  compressions: number
  readonly removals: Record<RemovalReason, number>
  droppedLines: number
  droppedBytes: number
  forwardedLines: number
  forwardedBytes: number
  rejectedLines: number
  uploads: number
  uploadedBytes: number
  /** The steps that fail now, of any of the logs. */
  readonly failing: Set<string>
}

/** Failures that only tell something. The step goes on, and never recovers. */
const passing: readonly string[] = ['ERR_ROTOR_LINE_REJECTED', 'ERR_ROTOR_CURSOR_TORN', 'ERR_ROTOR_CURSOR_MISSING', 'ERR_ROTOR_LINES_GONE', 'ERR_ROTOR_LINES_UNREADABLE']

/** Each counter at its start. */
export function newCounters (): Counters {
  return {
    lines: 0,
    bytes: 0,
    rotations: { size: 0, time: 0, request: 0, start: 0 },
    compressions: 0,
    removals: { count: 0, age: 0, totalSize: 0, minFree: 0 },
    droppedLines: 0,
    droppedBytes: 0,
    forwardedLines: 0,
    forwardedBytes: 0,
    rejectedLines: 0,
    uploads: 0,
    uploadedBytes: 0,
    failing: new Set()
  }
}

type Count = { [Name in keyof RotorEvents]: (counters: Counters, event: RotorEvents[Name][0]) => void }

const counts: Count = {
  rotated: (counters, { reason }) => { counters.rotations[reason]++ },
  compressed: (counters) => { counters.compressions++ },
  bundled: () => {},
  removed: (counters, { reason }) => { counters.removals[reason]++ },
  uploaded: (counters, { bytes }) => {
    counters.uploads++
    counters.uploadedBytes += bytes
  },
  forwarded: (counters, { lines, bytes, rejected }) => {
    counters.forwardedLines += lines
    counters.forwardedBytes += bytes
    counters.rejectedLines += rejected
  },
  dropped: (counters, { lines, bytes }) => {
    counters.droppedLines += lines
    counters.droppedBytes += bytes
  },
  failed: (counters, { step, code, file }) => { if (!passing.includes(code)) counters.failing.add(key(step, file)) },
  recovered: (counters, { step, file }) => { counters.failing.delete(key(step, file)) }
}

/** Counts an event. */
export function countEvent<Name extends keyof RotorEvents> (counters: Counters, name: Name, event: RotorEvents[Name][0]): void {
  counts[name](counters, event)
}

/** Whether a step of any log fails. */
export function isFailing ({ failing }: Counters, step: Step): boolean {
  return [...failing].some((each) => each.startsWith(`${step}\0`))
}

function key (step: Step, file = ''): string {
  return `${step}\0${file}`
}
