// What decides that a file rotates: the next line does not fit (`size`), or the file's period is over (`frequency`). An empty
// file never rotates. Two more causes are not decided here. A request comes through `LogWriter.rotate`. A line of `rotateWhen`
// is found by lifecycle/log/content-trigger.ts, before the lines reach the writer.
import { beginsLongLine, firstLineBytes, fittingBytes } from './lines/line-boundary.js'
import type { Period } from './schedule/period.js'

/**
 * Returns how many bytes from the beginning of the lines go into the file before it must rotate; 0 if it must rotate first.
 * A line that is longer than any file may be gets its own file. So does a line that comes in parts, because its length is unknown.
 */
export function bytesBeforeRotation (lines: Buffer, sizeBytes: number, fileBytesMax: number): number {
  if (beginsLongLine(lines) && sizeBytes > 0 && fileBytesMax !== Infinity) return 0
  const bytes = fittingBytes(lines, fileBytesMax - sizeBytes)
  return bytes === 0 && sizeBytes === 0 ? firstLineBytes(lines) : bytes
}

/** Whether the file's period is over. */
export function isPeriodOver ({ endsMs }: Period, nowMs: number): boolean {
  return nowMs >= endsMs
}
