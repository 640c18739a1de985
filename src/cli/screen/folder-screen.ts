// Draws the table of `status` for a folder: one line for each log, the total, and what in the folder is not ours.
import type { LogStatus } from '../../policy/status/status-shape.js'
import type { ForeignFile } from '../../reading/foreign-files.js'
import type { Face } from '../terminal/face.js'
import { visible } from '../terminal/visible.js'
import { showTable } from './table.js'
import { shorten, showBytes, showCount, showShare } from './units.js'
import { wrapLine } from '../terminal/wrap.js'

const nameLengthMin = 12
const strangersShown = 5

export interface FolderLog {
  readonly shown: string
  readonly status: LogStatus
  /** What other tools have rotated beside it. */
  readonly foreign: readonly ForeignFile[]
}

/** Draws the status of several logs, in the given order. */
export function folderScreen (logs: readonly FolderLog[], strangers: readonly ForeignFile[], { paint, columns }: Pick<Face, 'paint' | 'columns'>): string {
  const numbers = [
    ['files', 'size', 'packed', 'a day'],
    ...logs.map(({ status: { total, compression: { ratio }, growth: { storedBytesPerDay } } }) => [
      String(total.files),
      showBytes(total.bytes),
      ratio === null ? '' : showShare(ratio),
      storedBytesPerDay === null ? '' : showBytes(storedBytesPerDay)
    ]),
    [String(sum(logs, ({ files }) => files)), showBytes(sum(logs, ({ bytes }) => bytes))]
  ]
  const taken = showTable(numbers, ['right', 'right', 'right', 'right']).reduce((most, line) => Math.max(most, line.length), 0)
  const nameLengthMax = Math.max(nameLengthMin, columns - taken - 2)
  const names = ['log', ...logs.map(({ shown }) => shorten(shown, nameLengthMax)), 'in all']
  const [heading = '', ...lines] = showTable(names.map((name, row) => [name, ...numbers[row] ?? []]), ['left', 'right', 'right', 'right', 'right'])
  return `${[paint('bold', heading), ...lines, ...leftOver(logs, columns), ...notOurs(logs, strangers, columns)].join('\n')}\n`
}

function leftOver (logs: readonly FolderLog[], columns: number): string[] {
  return logs.filter(({ status }) => status.leftovers.length > 0)
    .flatMap(({ shown, status }) => wrapLine(`  left over by a crash: ${showCount(status.leftovers.length, 'file')} of ${visible(shown)}`, columns))
}

function notOurs (logs: readonly FolderLog[], strangers: readonly ForeignFile[], columns: number): string[] {
  const rotated = logs.filter(({ foreign }) => foreign.length > 0)
  if (rotated.length === 0 && strangers.length === 0) return []
  return [
    '',
    '  not ours',
    ...rotated.map(({ shown, foreign }) => `  ${rotatedElsewhere(foreign)}, beside ${visible(shown)}`),
    ...strangers.length === 0 ? [] : [`  ${nameSome(strangers)}`]
  ].flatMap((line) => wrapLine(line, columns))
}

/** Says what other tools have rotated. */
export function rotatedElsewhere (foreign: readonly ForeignFile[]): string {
  return `rotated by another tool: ${nameSome(foreign)}`
}

/** Names the largest files, and counts them all. */
function nameSome (files: readonly ForeignFile[]): string {
  const names = files.slice(0, strangersShown).map(({ name }) => visible(name)).join(', ') + (files.length > strangersShown ? ', …' : '')
  return `${showCount(files.length, 'file')}, ${showBytes(files.reduce((bytes, file) => bytes + file.bytes, 0))} (${names})`
}

function sum (logs: readonly FolderLog[], amount: (total: LogStatus['total']) => number): number {
  return logs.reduce((all, { status: { total } }) => all + amount(total), 0)
}
