// The table of `cat --count --by`: a row for each group, with bars on a terminal.
import { pinoLevelNames } from '../../pino-levels.js'
import { noGroup } from '../../policy/filters/line-grouping.js'
import { shorten } from './units.js'
import { visible } from '../terminal/visible.js'
import type { Face } from '../terminal/face.js'
import { showTable } from './table.js'

const levels: readonly string[] = pinoLevelNames
const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']
const groupLengthMax = 40
const barLengthMin = 8

/** The order of the groups. */
export type GroupOrder = 'time' | 'level' | 'count'

/** Draws the table. */
export function countScreen (groups: ReadonlyMap<string, number>, order: GroupOrder, { isTerminal, columns }: Pick<Face, 'isTerminal' | 'columns'>): string {
  const rows = [...groups].sort(orders[order])
  if (rows.length === 0) return ''
  const most = rows.reduce((most, [, count]) => Math.max(most, count), 0)
  const cells = rows.map(([group, count]) => [shorten(visible(group), isTerminal ? groupLengthMax : Infinity), String(count)])
  const taken = widest(cells, 0) + widest(cells, 1) + 4
  const room = Math.max(barLengthMin, Math.min(60, columns - taken - 2))
  return `${showTable(isTerminal ? cells.map((row, index) => [...row, bar((rows[index]?.[1] ?? 0) / most, room)]) : cells, ['left', 'right', 'left'], '').join('\n')}\n`
}

function widest (cells: ReadonlyArray<readonly string[]>, column: number): number {
  return cells.reduce((most, row) => Math.max(most, (row[column] ?? '').length), 0)
}

const orders: Readonly<Record<GroupOrder, (a: readonly [string, number], b: readonly [string, number]) => number>> = {
  time: ([a], [b]) => lastIfNone(a, b) || (a < b ? -1 : 1),
  level: ([a], [b]) => lastIfNone(a, b) || rank(a) - rank(b) || (a < b ? -1 : 1),
  count: ([a, most], [b, least]) => least - most || (a < b ? -1 : 1)
}

function lastIfNone (a: string, b: string): number {
  return Number(a === noGroup) - Number(b === noGroup)
}

function rank (level: string): number {
  const index = levels.indexOf(level)
  return index === -1 ? Number(level) / 10 - 1 || levels.length : index
}

function bar (share: number, room: number): string {
  return '█'.repeat(Math.floor(share * room)) + (eighths[Math.floor(share * room * 8) % 8] ?? '')
}
