// A pino line as a log record of OpenTelemetry. The mapping is specified in docs/forwarding.md:
//
//   level → severityNumber, severityText    time → timeUnixNano         msg → body
//   name, hostname, pid → the resource      err → exception.*           trace_id, span_id, trace_flags → traceId, spanId, flags
//
// Everything else is an attribute. A line that is not a JSON object is a body alone, so that no line is lost on the way.
import { levelOf } from '../lines/level.js'
import { anyValue, keyValues, type AnyValue, type KeyValue } from './otlp-value.js'

export interface LogRecord {
  readonly timeUnixNano?: string
  readonly observedTimeUnixNano: string
  readonly severityNumber?: number
  readonly severityText?: string
  readonly body?: AnyValue
  readonly attributes: readonly KeyValue[]
  readonly traceId?: string
  readonly spanId?: string
  readonly flags?: number
}

export interface MappedLine {
  /** The attributes that identify the process that wrote the line. */
  readonly resource: readonly KeyValue[]
  readonly record: LogRecord
}

type Fields = Record<string, unknown>

const timeKeys = ['time', 'timestamp', '@timestamp', 'ts']
const messageKeys = ['msg', 'message']
const traceKeys = ['trace_id', 'traceId'] as const
const spanKeys = ['span_id', 'spanId'] as const
const flagKeys = ['trace_flags', 'traceFlags'] as const
const levelNames: Readonly<Record<number, string>> = { 10: 'TRACE', 20: 'DEBUG', 30: 'INFO', 40: 'WARN', 50: 'ERROR', 60: 'FATAL' }

/** Maps a line. `uid` is the same at every attempt, so a receiver can recognize a repetition. */
export function mapLine (line: string, uid: string, nowMs: number): MappedLine {
  const observedTimeUnixNano = nanoseconds(nowMs) ?? '0'
  const identity = { key: 'log.record.uid', value: { stringValue: uid } }
  const fields = parseFields(line)
  if (fields === null) return { resource: [], record: { observedTimeUnixNano, body: { stringValue: line }, attributes: [identity] } }
  const resource = resourceOf(fields)
  const times = timeOf(fields)
  const severity = severityOf(fields)
  const body = bodyOf(fields)
  const context = contextOf(fields)
  return { resource, record: { ...times, observedTimeUnixNano, ...severity, ...body, ...context, attributes: [identity, ...attributesOf(fields)] } }
}

/** Maps a pino level to OpenTelemetry's number: 10 → 1 (TRACE) to 60 → 21 (FATAL), with steps of 2.5 between. */
export function severityNumber (level: number): number {
  return Math.min(Math.max(1 + Math.floor((level - 10) * 0.4), 1), 24)
}

/** Returns a time in nanoseconds since the epoch, exact to the written digit; null if it is no time. */
export function nanoseconds (time: unknown): string | null {
  if (typeof time === 'number') return Number.isFinite(time) && time >= 0 ? numberNanoseconds(time) : null
  if (typeof time !== 'string') return null
  if (/^\d{17,19}$/.test(time)) return time
  if (/^\d{1,16}(?:\.\d+)?$/.test(time)) return numberNanoseconds(Number(time))
  const wholeMs = Date.parse(time)
  if (Number.isNaN(wholeMs) || wholeMs < 0) return null
  const fraction = /T[\d:]+\.(\d{1,9})/.exec(time)?.[1] ?? ''
  return String(BigInt(Math.floor(wholeMs / 1000)) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0')))
}

// pino writes milliseconds, and on request seconds (unixTime) or nanoseconds (epochNano). Their size tells which.
function numberNanoseconds (time: number): string {
  if (time >= 1e16) return String(BigInt(Math.round(time)))
  const ms = time < 1e11 && time >= 1e8 ? time * 1000 : time
  const wholeMs = Math.floor(ms)
  return String(BigInt(wholeMs) * 1_000_000n + BigInt(Math.round((ms - wholeMs) * 1_000_000)))
}

function parseFields (line: string): Fields | null {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Fields : null
  } catch {
    return null
  }
}

// Each of these removes the fields that it maps. The remaining fields become attributes.

function take<Value> (fields: Fields, keys: readonly string[], isFit: (value: unknown) => value is Value): Value | undefined {
  const key = keys.find((name) => Object.hasOwn(fields, name) && isFit(fields[name]))
  if (key === undefined) return undefined
  const value = fields[key] as Value
  Reflect.deleteProperty(fields, key)
  return value
}

function resourceOf (fields: Fields): KeyValue[] {
  const service = take(fields, ['name'], isText)
  const host = take(fields, ['hostname'], isText)
  const pid = take(fields, ['pid'], isInteger)
  return [
    ...service === undefined ? [] : [{ key: 'service.name', value: anyValue(service) }],
    ...host === undefined ? [] : [{ key: 'host.name', value: anyValue(host) }],
    ...pid === undefined ? [] : [{ key: 'process.pid', value: anyValue(pid) }]
  ]
}

function timeOf (fields: Fields): Pick<LogRecord, 'timeUnixNano'> {
  const time = nanoseconds(take(fields, timeKeys, isTime))
  return time === null ? {} : { timeUnixNano: time }
}

function severityOf (fields: Fields): Pick<LogRecord, 'severityNumber' | 'severityText'> {
  const written = take(fields, ['level', 'severity'], isLevel)
  if (written === undefined) return {}
  const level = levelOf(written)
  const text = typeof written === 'string' ? written : levelNames[level]
  return { severityNumber: severityNumber(level), ...text !== undefined && { severityText: text } }
}

function bodyOf (fields: Fields): Pick<LogRecord, 'body'> {
  const message = take(fields, messageKeys, isText)
  return message === undefined ? {} : { body: anyValue(message) }
}

function contextOf (fields: Fields): Pick<LogRecord, 'traceId' | 'spanId' | 'flags'> {
  const traceId = take(fields, traceKeys, isHexadecimal(32))
  const spanId = take(fields, spanKeys, isHexadecimal(16))
  const flags = take(fields, flagKeys, isHexadecimal(2, true))
  return {
    ...traceId !== undefined && { traceId: traceId.toLowerCase() },
    ...spanId !== undefined && { spanId: spanId.toLowerCase() },
    ...flags !== undefined && { flags: parseInt(flags, 16) }
  }
}

// The names of OpenTelemetry's conventions for an error, made from the output of pino's serializer.
function attributesOf (fields: Fields): KeyValue[] {
  const { err, ...others } = fields
  if (typeof err !== 'object' || err === null) return keyValues(fields)
  const { type, message, stack, ...rest } = err as Fields
  return [
    ...keyValues(others),
    ...isText(type) ? [{ key: 'exception.type', value: anyValue(type) }] : [],
    ...isText(message) ? [{ key: 'exception.message', value: anyValue(message) }] : [],
    ...isText(stack) ? [{ key: 'exception.stacktrace', value: anyValue(stack) }] : [],
    ...Object.keys(rest).length > 0 ? [{ key: 'err', value: anyValue(rest) }] : []
  ]
}

function isText (value: unknown): value is string {
  return typeof value === 'string'
}

function isInteger (value: unknown): value is number {
  return Number.isSafeInteger(value)
}

function isTime (value: unknown): value is string | number {
  return nanoseconds(value) !== null
}

function isLevel (value: unknown): value is string | number {
  return !Number.isNaN(levelOf(value))
}

function isHexadecimal (digits: number, mayBeZero = false): (value: unknown) => value is string {
  const pattern = new RegExp(`^[0-9a-f]{${digits}}$`, 'i')
  return (value): value is string => typeof value === 'string' && pattern.test(value) && (mayBeZero || !/^0+$/.test(value))
}
