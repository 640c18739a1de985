// Groups for counting lines: by their minute, hour or day, by level, or by any field.
import { wallClock } from '../schedule/wall-clock.js'
import { fieldAt, parseRecord, valueText } from '../lines/field-path.js'
import { levelName, levelNumber } from '../lines/level.js'
import { parseBeginning } from '../lines/line-beginning.js'
import { lineTimeAt } from '../lines/line-time.js'

/** Plain data, so that it can be sent to another thread. */
export type Grouping =
  | { readonly by: 'time', readonly unit: 'minute' | 'hour' | 'day', readonly timezone: string }
  | { readonly by: 'field', readonly path: readonly string[] }

/** The group of lines without such a time or field. */
export const noGroup = '(none)'

/** Every zone changes its clocks at a quarter of an hour. */
const quarterMs = 900_000
const unitLengths = { minute: 16, hour: 13, day: 10 } as const

export class LineGrouping {
  readonly #grouping: Grouping
  readonly #timeKeys: readonly string[]
  #quarter = NaN
  #offsetMs = 0

  constructor (grouping: Grouping, timeKeys: readonly string[]) {
    this.#grouping = grouping
    this.#timeKeys = timeKeys
  }

  /** Returns the group of the line between the two positions. */
  groupOf (chunk: Buffer, start: number, end: number): string {
    if (this.#grouping.by === 'field') return fieldGroup(parseRecord(chunk.toString('utf8', start, end)), this.#grouping.path)
    const atMs = lineTimeAt(chunk, start, end, this.#timeKeys)
    return atMs === null || Math.abs(atMs) > 8.64e15 - 1e9 ? noGroup : this.#timeGroup(atMs, this.#grouping)
  }

  /** Returns the group of a long line by the fields at its beginning. */
  groupOfBeginning (beginning: Buffer): string {
    return this.#grouping.by === 'field' ? fieldGroup(parseBeginning(beginning), this.#grouping.path) : this.groupOf(beginning, 0, beginning.length)
  }

  #timeGroup (atMs: number, { unit, timezone }: Extract<Grouping, { by: 'time' }>): string {
    const quarter = Math.floor(atMs / quarterMs)
    if (quarter !== this.#quarter) {
      this.#quarter = quarter
      this.#offsetMs = wallClock(quarter * quarterMs, timezone) - quarter * quarterMs
    }
    const text = new Date(atMs + this.#offsetMs).toISOString().slice(0, unitLengths[unit]).replace('T', ' ')
    return unit === 'hour' ? `${text}:00` : text
  }
}

function fieldGroup (record: Record<string, unknown> | null, path: readonly string[]): string {
  const value = fieldAt(record, path)
  if (value === undefined) return noGroup
  if (path.join('.') === 'level') return levelGroup(value)
  return valueText(value)
}

function levelGroup (value: unknown): string {
  const level = typeof value === 'string' ? levelNumber(value) ?? value : value
  return typeof level === 'number' ? levelName(level) ?? String(level) : valueText(level)
}
