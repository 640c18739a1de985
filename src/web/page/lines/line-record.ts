// A line as the page shows it: its time, level, message and fields. Only the lines on screen are parsed.
import { fieldAt, valueText as textOfValue } from '../../../policy/lines/field-path.js'
import { timeFrom } from '../../../policy/lines/time-value.js'
import { levelName } from '../filter/level-terms.js'
import type { LogLine } from './ring.js'

export interface LineRecord {
  readonly timeMs: number | null
  readonly level: string
  /** The message, or the whole line if it is not JSON. */
  readonly message: string
  /** The other fields in one line. */
  readonly rest: string
  /** Null if the line is not a JSON object. */
  readonly fields: Readonly<Record<string, unknown>> | null
}

export interface Leaf {
  readonly path: readonly string[]
  readonly value: unknown
}

const timeKeys = ['time', 'timestamp', '@timestamp', 'ts']
const messageKeys = ['msg', 'message']
const quietKeys = new Set([...timeKeys, ...messageKeys, 'level', 'pid', 'hostname', 'v'])
const restCharactersMax = 400
/** More fields of a line are not shown. */
export const leavesMax = 300
const depthMax = 8

const records = new WeakMap<LogLine, LineRecord>()

/** The parts of a line. They are kept for as long as the line is. */
export function recordOf (line: LogLine): LineRecord {
  const known = records.get(line)
  if (known !== undefined) return known
  const record = readRecord(line.text)
  records.set(line, record)
  return record
}

/** The line's first fields with dotted paths, objects opened. */
export function leavesOf (fields: Readonly<Record<string, unknown>>, countMax: number = leavesMax): Leaf[] {
  const leaves: Leaf[] = []
  addLeaves(leaves, [], fields, countMax)
  return leaves
}

/** The value of a field at a dotted path, as text; empty if the line has none. */
export function fieldText (record: LineRecord, path: string): string {
  return valueText(fieldAt(record.fields, path.split('.')))
}

/** A value in one line. */
export function valueText (value: unknown): string {
  return value === undefined ? '' : textOfValue(value)
}

function readRecord (text: string): LineRecord {
  const fields = parseObject(text)
  if (fields === null) return { timeMs: null, level: '', message: text, rest: '', fields }
  const message = messageKeys.map((key) => fields[key]).find((value) => typeof value === 'string')
  return {
    timeMs: timeOf(timeKeys.map((key) => fields[key]).find((value) => value !== undefined)),
    level: levelName(fields['level']),
    message: typeof message === 'string' ? message : '',
    rest: restOf(fields),
    fields
  }
}

function parseObject (text: string): Record<string, unknown> | null {
  const json = text.replace(/^\ufeff/, '') // A byte order mark at a file's beginning.
  if (!json.startsWith('{')) return null
  try {
    return JSON.parse(json) as Record<string, unknown>
  } catch {
    return null // A torn line, or one that was cut.
  }
}

function timeOf (value: unknown): number | null {
  const timeMs = timeFrom(value)
  return timeMs !== null && Math.abs(timeMs) <= 8.64e15 ? timeMs : null
}

function restOf (fields: Readonly<Record<string, unknown>>): string {
  let rest = ''
  for (const { path, value } of leavesOf(fields)) {
    if (path.length === 1 && quietKeys.has(path[0] ?? '')) continue
    const text = valueText(value)
    rest += `${rest === '' ? '' : '  '}${path.join('.')}=${text.length > 80 ? `${text.slice(0, 80)}…` : text}`
    if (rest.length > restCharactersMax) return `${rest.slice(0, restCharactersMax)}…`
  }
  return rest
}

function addLeaves (leaves: Leaf[], path: readonly string[], fields: object, countMax: number): void {
  for (const [name, value] of Object.entries(fields) as Array<[string, unknown]>) {
    if (leaves.length >= countMax) return
    const isOpened = typeof value === 'object' && value !== null && !Array.isArray(value) && path.length < depthMax && Object.keys(value).length > 0
    if (isOpened) addLeaves(leaves, [...path, name], value, countMax)
    else leaves.push({ path: [...path, name], value })
  }
}
