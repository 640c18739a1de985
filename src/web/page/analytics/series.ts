// The shapes of the chart of groups over time.
import type { Percentile } from '../app/page-state.js'
import type { GroupPoint, GroupSeries } from '../../answer-shapes.js'

export interface Line {
  readonly name: string
  readonly path: string
  readonly lastValue: number | null
}

export interface Chart {
  readonly lines: readonly Line[]
  readonly valueMax: number
}

const linesMax = 8

/** One line for each of the largest groups, in a box of the given size. A bucket without a value interrupts its line. */
export function chartOf (groups: readonly GroupSeries[], measure: Percentile | null, { fromMs, toMs }: { readonly fromMs: number, readonly toMs: number }, width: number, height: number): Chart {
  const shown = groups.slice(0, linesMax)
  const valueMax = shown.flatMap(({ series }) => series).reduce((most, point) => Math.max(most, valueAt(point, measure) ?? 0), 0)
  const x = (timeMs: number): number => round((timeMs - fromMs) / Math.max(1, toMs - fromMs) * width)
  const y = (value: number): number => round(height - 1 - (valueMax === 0 ? 0 : value / valueMax * (height - 4)))
  const lines = shown.map(({ value, series }) => {
    let path = ''
    let isDrawing = false
    for (const point of series) {
      const pointValue = valueAt(point, measure)
      if (pointValue !== null) path += `${isDrawing ? 'L' : 'M'}${x(point.timeMs)} ${y(pointValue)}${isDrawing ? '' : 'h0.01'}`
      isDrawing = pointValue !== null
    }
    return { name: groupName(value), path, lastValue: series.map((point) => valueAt(point, measure)).findLast((one) => one !== null) ?? null }
  })
  return { lines, valueMax }
}

/** The name of a group. `null` stands for all groups beyond the most frequent ones. */
export function groupName (value: string | null): string {
  if (value === null) return '(all others)'
  return value === '' ? '(empty)' : value
}

function valueAt (point: GroupPoint, measure: Percentile | null): number | null {
  return measure === null ? point.count : point[measure] ?? null
}

function round (value: number): number {
  return Math.round(value * 100) / 100
}
