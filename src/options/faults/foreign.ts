// Translates options of pino-roll, rotating-file-stream and winston-daily-rotate-file that are passed by mistake. The error shows the translation; the options
// are never applied by guessing.
import { extname, join } from 'node:path'
import { inspect } from 'node:util'
import { parseSize } from '../values/size.js'

type Options = Readonly<Record<string, unknown>>
type Suggestion = Record<string, unknown>

/** Keys that no option of ours has, and that tell which library the options are for. */
const foreignKeys = [
  'extension', 'dateFormat', // pino-roll
  'interval', 'intervalBoundary', 'intervalUTC', 'initialRotation', 'immutable', 'omitExtension', 'history', 'path', // rotating-file-stream
  'filename', 'dirname', 'datePattern', 'zippedArchive', 'maxSize', 'maxFiles', 'auditFile', 'utc', 'createSymlink', 'symlinkName' // winston
]
/** Keys that mean the same in another library, or are ours. */
const sameKeys = ['file', 'enabled', 'timezone', 'stamp', 'sweep', 'symlink', 'mkdir', 'mode', 'fsync', 'buffer', 'report']
const unitsMs = [['w', 604_800_000], ['d', 86_400_000], ['h', 3_600_000], ['m', 60_000], ['s', 1000]] as const

/** Translates another library's options to ours, in one line; null if nothing shows that they are another's. */
export function suggestionFor (raw: unknown): string | null {
  if (Object.prototype.toString.call(raw) !== '[object Object]') return null
  const options = raw as Options
  if (!isForeign(options)) return null
  const suggestion: Suggestion = {}
  for (const key of sameKeys) if (key in options) suggestion[key] = options[key]
  const parts = { file: fileOf(options), size: sizeOf(options), ...timesOf(options), compress: compressOf(options), limit: limitOf(options), ...namesOf(options) }
  for (const [key, value] of Object.entries(parts)) if (value !== undefined) suggestion[key] = value
  return inspect(suggestion, { breakLength: Infinity, customInspect: false, depth: 2, maxStringLength: 200 })
}

function isForeign (options: Options): boolean {
  return foreignKeys.some((key) => key in options) || hasBareNumber(options['size']) || hasBareNumber(options['frequency']) ||
    'removeOtherLogFiles' in sectionOf(options['limit'])
}

function hasBareNumber (value: unknown): value is number | string {
  return (typeof value === 'number' || typeof value === 'string') && /^\d+(\.\d+)?$/.test(String(value)) && Number(value) > 0
}

function sectionOf (value: unknown): Options {
  return typeof value === 'object' && value !== null ? value as Options : {}
}

// winston puts a date in place of %DATE%; pino-roll adds an extension if there is none.
function fileOf ({ file, filename, dirname, extension }: Options): string {
  const given = [file, filename].find((value): value is string => typeof value === 'string' && value !== '') ?? 'logs/app.log'
  const name = given.replace(/[-._]?%DATE%/g, '').replace(/\/$/, '/app')
  const placed = typeof dirname === 'string' ? join(dirname, name) : name
  const ending = typeof extension === 'string' && extension !== '' ? extension.replace(/^\.?/, '.') : ''
  if (ending !== '') return `${placed.slice(0, placed.length - extname(placed).length)}${ending}`
  return extname(placed) === '' ? `${placed}.log` : placed
}

// A bare number means megabytes to pino-roll, and bytes in winston's `maxSize`.
function sizeOf ({ size, maxSize, filename, datePattern, interval }: Options): unknown {
  if (hasBareNumber(size)) return `${size}m`
  if (size !== undefined) return withSmallUnit(size)
  if (maxSize === undefined || interval !== undefined || (filename === undefined && datePattern === undefined)) return undefined
  return hasBareNumber(maxSize) ? `${maxSize}b` : withSmallUnit(maxSize)
}

function withSmallUnit (size: unknown): unknown {
  const small = typeof size === 'string' ? size.toLowerCase() : size
  return 'value' in parseSize(small) ? small : undefined
}

// The other libraries count days in the system's zone.
function timesOf ({ frequency, interval, datePattern, utc, intervalUTC, timezone }: Options): Suggestion {
  const every = frequencyOf(frequency) ?? frequencyOf(interval) ?? (typeof datePattern === 'string' ? periodOf(datePattern) : undefined)
  const isCalendar = every === 'daily' || every === 'hourly' || every === 'monthly'
  const isLocal = isCalendar && utc !== true && intervalUTC !== true && timezone === undefined
  return { ...(every !== undefined && { frequency: every }), ...(isLocal && { timezone: 'local' }) }
}

function frequencyOf (value: unknown): unknown {
  if (hasBareNumber(value)) return durationOf(Number(value))
  switch (value) {
    case '1h': return 'hourly'
    case '1d': return 'daily'
    case '1M': return 'monthly'
    default: return value
  }
}

function durationOf (ms: number): string {
  const [unit, unitMs] = unitsMs.find(([, lengthMs]) => ms % lengthMs === 0) ?? ['s', 1000]
  return `${Math.max(Math.round(ms / unitMs), 1)}${unit}`
}

function periodOf (pattern: string): string {
  if (/[hH]/.test(pattern)) return 'hourly'
  return /[dD]/.test(pattern) ? 'daily' : 'monthly'
}

function compressOf ({ compress, zippedArchive }: Options): unknown {
  if (compress === true || zippedArchive === true) return 'gzip'
  if (typeof compress === 'function') return undefined
  return compress ?? (zippedArchive === false ? false : undefined)
}

// `maxFiles` is a number of files, or in winston also of days.
function limitOf ({ limit, maxFiles, maxSize, interval, path, size }: Options): unknown {
  const given = { ...sectionOf(limit) }
  delete given['removeOtherLogFiles']
  if (typeof maxFiles === 'string' && /^\d+d$/.test(maxFiles)) Object.assign(given, { count: false, age: maxFiles })
  else if (hasBareNumber(maxFiles)) given['count'] = Number(maxFiles)
  const isTotal = maxSize !== undefined && (interval !== undefined || path !== undefined || size !== undefined)
  if (isTotal) given['totalSize'] = hasBareNumber(maxSize) ? `${maxSize}b` : withSmallUnit(maxSize)
  return Object.keys(given).length > 0 ? given : limit === false ? false : undefined
}

function namesOf ({ dateFormat, createSymlink, symlinkName }: Options): Suggestion {
  const isDate = typeof dateFormat === 'string' && !/[hHkK]/.test(dateFormat)
  const link = typeof symlinkName === 'string' ? symlinkName : createSymlink === true ? true : undefined
  return { ...(isDate && { stamp: 'date' }), ...(link !== undefined && { symlink: link }) }
}
