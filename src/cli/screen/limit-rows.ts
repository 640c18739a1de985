// Draws the rows of the limits in the table of `status`: the present amount, the limit, and when it is reached.
import type { LogStatus } from '../../policy/status/status-shape.js'
import { showBytes, showDays } from './units.js'

/** A row for each limit and one for the disk, with a heading. */
export function limitRows ({ limits: { count, age, totalSize, minFree }, disk }: LogStatus): string[][] {
  return [
    ['limit', 'now', 'at most', 'reached'],
    count === null
      ? ['archives', '', 'no limit']
      : ['archives', String(count.archives), String(count.archivesMax), when(count.daysLeft)],
    age === null
      ? ['age', '', 'no limit']
      : ['age', age.oldestDays === null ? '' : showDays(age.oldestDays), showDays(age.daysMax), when(age.daysLeft)],
    totalSize === null
      ? ['total size', '', 'no limit']
      : ['total size', showBytes(totalSize.bytes), showBytes(totalSize.bytesMax), when(totalSize.daysLeft)],
    minFree === null
      ? ['disk free', freeBytes(disk.freeBytes), '', disk.daysLeft === null ? '' : `full ${when(disk.daysLeft)}`]
      : ['disk free', freeBytes(minFree.freeBytes), `≥ ${showBytes(minFree.bytesMin)}`, when(minFree.daysLeft)]
  ]
}

function freeBytes (bytes: number | null): string {
  return bytes === null ? 'unknown' : showBytes(bytes)
}

function when (daysLeft: number | null): string {
  if (daysLeft === null) return 'not in sight'
  return daysLeft === 0 ? 'now' : `in ${showDays(daysLeft)}`
}
