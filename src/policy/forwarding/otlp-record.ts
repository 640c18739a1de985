// A pino line as a log record of OpenTelemetry. The mapping is specified in docs/forwarding.md:
//
//   level → severityNumber, severityText    time → timeUnixNano         msg → body
//   name, hostname, pid → the resource      err → exception.*           trace_id, span_id, trace_flags → traceId, spanId, flags
//
// Everything else is an attribute. A line that is not a JSON object is a body alone, so that no line is lost on the way.
import { parseRecord } from '../lines/field-path.js'
import { levelOf } from '../lines/level.js'
import { timeField } from './otlp-time.js'
import { keyValue } from './otlp-value.js'

/** A line, as JSON text. */
export interface MappedLine {
  /** The attributes that identify the process that wrote the line, without brackets. */
  readonly resource: string
  readonly record: string
}

type Fields = Readonly<Record<string, unknown>>

/** A field that the mapping uses, and what is written in its place. */
interface Taken {
  readonly key: string
  readonly text: string
}

const timeKeys = ['time', 'timestamp', '@timestamp', 'ts']
const levelKeys = ['level', 'severity']
const messageKeys = ['msg', 'message']
const traceKeys = ['trace_id', 'traceId']
const spanKeys = ['span_id', 'spanId']
const flagKeys = ['trace_flags', 'traceFlags']
const levelNames: Readonly<Record<number, string>> = { 10: 'TRACE', 20: 'DEBUG', 30: 'INFO', 40: 'WARN', 50: 'ERROR', 60: 'FATAL' }
const traceId = hexadecimal(32)
const spanId = hexadecimal(16)
const flags = hexadecimal(2)

/**
 * Maps a line. `uid` is the same at every attempt, so a receiver can recognize a repetition. `observed` is the present time in nanoseconds.
 * The attributes in `given` override those of the line.
 */
export function mapLine (line: string, uid: string, observed: string, given: Fields = {}): MappedLine {
  const fields = parseRecord(line)
  const identity = `{"key":"log.record.uid","value":{"stringValue":"${uid}"}}`
  if (fields === null) return { resource: '', record: `{"observedTimeUnixNano":"${observed}","body":{"stringValue":${JSON.stringify(line)}},"attributes":[${identity}]}` }
  const ofResource = present(resourceField(fields, 'name', 'service.name', isText), resourceField(fields, 'hostname', 'host.name', isText), resourceField(fields, 'pid', 'process.pid', Number.isSafeInteger))
  const ofRecord = present(
    take(fields, timeKeys, timeField),
    take(fields, levelKeys, severityText),
    take(fields, messageKeys, messageText),
    take(fields, traceKeys, (value) => traceId(value) && !isZero(value) ? `"traceId":"${value.toLowerCase()}"` : null),
    take(fields, spanKeys, (value) => spanId(value) && !isZero(value) ? `"spanId":"${value.toLowerCase()}"` : null),
    take(fields, flagKeys, (value) => flags(value) ? `"flags":${parseInt(value, 16)}` : null)
  )
  let record = '{'
  for (const { text } of ofRecord) record += `${text},`
  record += `"observedTimeUnixNano":"${observed}","attributes":[${identity}`
  for (const key of Object.keys(fields)) {
    if (isTaken(ofRecord, key) || isTaken(ofResource, key)) continue
    record += key === 'err' ? errorAttributes(fields['err']) : `,${keyValue(key, fields[key])}`
  }
  return { resource: ofResource.flatMap(({ text, attribute }) => Object.hasOwn(given, attribute) ? [] : [text]).join(','), record: `${record}]}` }
}

/** Maps a pino level to OpenTelemetry's number: 10 → 1 (TRACE) to 60 → 21 (FATAL), with steps of 2.5 between. */
export function severityNumber (level: number): number {
  return Math.min(Math.max(1 + Math.floor((level - 10) * 0.4), 1), 24)
}

// The first of the keys whose value fits. Another one of them remains an attribute.
function take (fields: Fields, keys: readonly string[], textOf: (value: unknown) => string | null): Taken | null {
  for (const key of keys) {
    const value = fields[key]
    const text = value === undefined ? null : textOf(value)
    if (text !== null) return { key, text }
  }
  return null
}

function resourceField (fields: Fields, key: string, attribute: string, isFit: (value: unknown) => boolean): (Taken & { readonly attribute: string }) | null {
  const value = fields[key]
  return isFit(value) ? { key, attribute, text: keyValue(attribute, value) } : null
}

function present<Found> (...found: ReadonlyArray<Found | null>): Found[] {
  return found.filter((each) => each !== null)
}

function isTaken (taken: readonly Taken[], key: string): boolean {
  for (const each of taken) if (each.key === key) return true
  return false
}

function severityText (value: unknown): string | null {
  const level = levelOf(value)
  return Number.isNaN(level) ? null : severityFields(level, isText(value) ? value : undefined)
}

/** The fields of a record for a level, as JSON text. */
export function severityFields (level: number, name = levelNames[level]): string {
  return `"severityNumber":${severityNumber(level)}${name === undefined ? '' : `,"severityText":${JSON.stringify(name)}`}`
}

function messageText (value: unknown): string | null {
  return isText(value) ? `"body":{"stringValue":${JSON.stringify(value)}}` : null
}

// The names of OpenTelemetry's conventions for an error, made from the output of pino's serializer.
function errorAttributes (error: unknown): string {
  if (typeof error !== 'object' || error === null || Array.isArray(error)) return `,${keyValue('err', error)}`
  let text = ''
  const rest: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(error)) {
    const name = isText(value) ? exceptionNames.get(key) : undefined
    if (name === undefined) Object.defineProperty(rest, key, { value, enumerable: true, configurable: true, writable: true })
    else text += `,${keyValue(name, value)}`
  }
  return Object.keys(rest).length > 0 ? `${text},${keyValue('err', rest)}` : text
}

const exceptionNames: ReadonlyMap<string, string> = new Map([['type', 'exception.type'], ['message', 'exception.message'], ['stack', 'exception.stacktrace']])

function isText (value: unknown): value is string {
  return typeof value === 'string'
}

function isZero (digits: string): boolean {
  return /^0+$/.test(digits)
}

function hexadecimal (digits: number): (value: unknown) => value is string {
  const pattern = new RegExp(`^[0-9a-f]{${digits}}$`, 'i')
  return (value): value is string => typeof value === 'string' && pattern.test(value)
}
