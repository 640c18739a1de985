// Draws the table of `status` for a folder: one line for each log, and the total.
import type { LogStatus } from '../../policy/status/status-shape.js'
import type { Face } from './face.js'
import { showTable } from './table.js'
import { shorten, showBytes, showShare } from './units.js'

const nameLengthMax = 32

/** Draws the status of several logs. */
export function folderScreen (logs: ReadonlyArray<{ readonly shown: string, readonly status: LogStatus }>, { paint }: Pick<Face, 'paint'>): string {
  const rows = logs.map(({ shown, status: { total, compression: { ratio }, growth: { storedBytesPerDay }, leftovers } }) => [
    shorten(shown, nameLengthMax),
    String(total.files),
    showBytes(total.bytes),
    ratio === null ? '' : showShare(ratio),
    storedBytesPerDay === null ? '' : showBytes(storedBytesPerDay),
    leftovers.length === 0 ? '' : String(leftovers.length)
  ])
  const [heading = '', ...lines] = showTable([
    ['log', 'files', 'size', 'packed to', 'kept a day', 'left over'],
    ...rows,
    ['in all', String(sum(logs, ({ files }) => files)), showBytes(sum(logs, ({ bytes }) => bytes))]
  ], ['left', 'right', 'right', 'right', 'right', 'right'])
  return `${[paint('bold', heading), ...lines].join('\n')}\n`
}

function sum (logs: ReadonlyArray<{ readonly status: LogStatus }>, amount: (total: LogStatus['total']) => number): number {
  return logs.reduce((all, { status: { total } }) => all + amount(total), 0)
}
