// All options as one schema. The entries are in the order of the table in docs/options.md. After them come the checks that
// compare several options, such as that of the file's place.
import { basename, dirname, resolve } from 'node:path'
import * as v from 'valibot'
import { bundleSchema, bundlingOf, faultOfCalendar, faultOfDirectory, type BundleFault, type BundleReading } from './values/bundling.js'
import { compressionSchema } from './values/compression.js'
import { defaultOptions } from './defaults.js'
import { parseFileName } from './values/file-name.js'
import { faultOfPlace } from './faults/file-place.js'
import { faultOfNameLength } from './faults/name-length.js'
import { forwardSchema } from './elsewhere/forwarding.js'
import { linkNameFor, parseLinkName } from './values/link-name.js'
import { limitsSchema } from './values/limits.js'
import { parseMode } from './values/mode.js'
import { orFalse, reading, type Reading } from './faults/option-reading.js'
import { parseRecurrence, scheduleIn, type Recurrence } from './values/recurrence.js'
import { rotateWhenSchema } from './values/rotate-when.js'
import { members, section, type KnownElsewhere } from './faults/section.js'
import type { Compression, Settings } from './settings.js'
import type { Report } from '../report.js'
import { parseSize } from './values/size.js'
import { parseTimezone } from './values/timezone.js'
import { uploadSchema } from './elsewhere/uploading.js'
import { comparable } from '../platform/operating-system.js'

const expectedFile = 'the path of the active file, such as "logs/app.log"'

const flag = v.boolean('true or false')

const entries = members({
  file: reading(parseFileName),
  enabled: v.optional(flag, defaultOptions.enabled),
  size: v.optional(reading(orFalse(parseSize, Infinity, 'no limit')), defaultOptions.size),
  frequency: v.optional(reading(orFalse(parseRecurrence, null, 'none')), defaultOptions.frequency),
  rotateWhen: v.optional(rotateWhenSchema, defaultOptions.rotateWhen),
  timezone: v.optional(reading(parseTimezone), defaultOptions.timezone),
  stamp: v.optional(v.picklist(['datetime', 'date'], '"datetime" or "date"'), defaultOptions.stamp),
  compress: v.optional(compressionSchema, defaultOptions.compress),
  limit: v.optional(limitsSchema, defaultOptions.limit),
  sweep: v.optional(reading(parseRecurrence), defaultOptions.sweep),
  bundle: v.optional(bundleSchema, defaultOptions.bundle),
  upload: v.optional(uploadSchema, defaultOptions.upload),
  forward: v.optional(forwardSchema, defaultOptions.forward),
  metrics: v.optional(reading(parseMetricsFile), defaultOptions.metrics),
  symlink: v.optional(reading(parseLinkName), defaultOptions.symlink),
  mkdir: v.optional(flag, defaultOptions.mkdir),
  mode: v.optional(reading(parseMode), defaultOptions.mode),
  fsync: v.optional(flag, defaultOptions.fsync),
  buffer: v.optional(reading(parseSize), defaultOptions.buffer),
  report: v.optional(reading(parseReport), defaultOptions.report),
  // Parsed in routes.ts, each route with all of these.
  routes: v.optional(v.unknown(), defaultOptions.routes)
}, expectedFile)

type Entries = v.InferOutput<typeof entries>

/** What an archive's name can add to the active file's: a stamp, a number of six digits, and a suffix. */
const stampBytes = '.20251001_121111.999999'.length
/** What a hidden name can add to a file name that it does not shorten: `.` before it, and `.rotor.` and a part after it. */
const hiddenBytes = 28
/** The longest suffix of a user's own compressor, which is loaded later. */
const ownEndingBytesMax = 33

function addedBytes (compress: Compression | null | undefined): number {
  const endingBytes = typeof compress?.algorithm === 'object' ? ownEndingBytesMax : 0
  return Math.max(hiddenBytes, stampBytes + endingBytes)
}

// The bundles' folder may be on another file system than the log.
function faultOfBundleNames ({ directory }: BundleReading, file: string, compress: Compression | null | undefined): BundleFault | null {
  const [name, bytes] = [basename(file), addedBytes(compress)]
  if (faultOfNameLength(dirname(file), name, bytes) !== null) return null // reported as one of `file`
  const expected = faultOfNameLength(resolve(dirname(file), directory), name, bytes)
  return expected === null ? null : { key: 'directory', expected }
}

// This check also runs if other options are wrong, so it tests by itself whether `file` was parsed.
const placeIsFit = v.rawCheck<Entries>(({ dataset, addIssue }) => {
  if (dataset.issues?.some(({ path }) => path?.[0].key === 'file')) return
  const { file, mkdir, compress } = dataset.value as { file: string, mkdir: unknown, compress: Compression | null | undefined }
  const expected = faultOfPlace(file, mkdir !== false) ?? faultOfNameLength(dirname(file), basename(file), addedBytes(compress))
  if (expected === null) return
  addIssue({ message: expected, input: file, path: [{ type: 'object', origin: 'value', input: {}, key: 'file', value: file }] })
})

// The same: it compares only what was parsed.
const bundleIsFit = v.rawCheck<Entries>(({ dataset, addIssue }) => {
  const isUnread = (...keys: string[]): boolean => dataset.issues?.some(({ path }) => keys.includes(String(path?.[0].key))) ?? false
  const { bundle, file, mkdir, frequency, compress } = dataset.value as { bundle: BundleReading | null, file: string, mkdir: unknown, frequency: Recurrence | null, compress: Compression | null | undefined }
  if (isUnread('bundle') || bundle === null) return
  const faults = [
    isUnread('file') ? null : faultOfDirectory(bundle, file, mkdir !== false) ?? faultOfBundleNames(bundle, file, compress),
    isUnread('frequency') ? null : faultOfCalendar(bundle, frequency)
  ]
  for (const fault of faults) {
    if (fault === null) continue
    addIssue({
      message: fault.expected,
      input: bundle,
      path: [
        { type: 'object', origin: 'value', input: {}, key: 'bundle', value: bundle },
        { type: 'object', origin: 'value', input: {}, key: fault.key, value: undefined }
      ]
    })
  }
})

// The same.
const linkIsFit = v.rawCheck<Entries>(({ dataset, addIssue }) => {
  if (dataset.issues?.some(({ path }) => path?.[0].key === 'file' || path?.[0].key === 'symlink')) return
  const { file, symlink } = dataset.value as Entries
  const link = linkNameFor(file, symlink)
  if (link === null) return
  const message = comparable(link) === comparable(basename(file)) ? 'another name than that of "file"' : faultOfNameLength(dirname(file), link, 0)
  if (message === null) return
  addIssue({ message, input: symlink, path: [{ type: 'object', origin: 'value', input: {}, key: 'symlink', value: symlink }] })
})

// The names that pino-roll, rotating-file-stream, winston-daily-rotate-file and pino/file have for these options. Also
// nested options that were written at the top by mistake.
const knownElsewhere: KnownElsewhere = {
  dateFormat: 'the stamp in archive names is the option "stamp"',
  extension: 'the extension is part of "file"',
  createSymlink: 'here "symlink"',
  symlinkName: 'here "symlink", with the name as its value',
  interval: 'here "frequency"',
  intervalBoundary: 'not needed: archives are named after the instant, or with "stamp" the day',
  intervalUTC: 'here "timezone"',
  utc: 'here "timezone"',
  initialRotation: 'not needed: a boundary that passed while nothing ran is made up at the start',
  immutable: 'there is none: the active file keeps its name, and archives never change theirs',
  rotate: 'there is none: archives keep their names; "limit.count" bounds them',
  history: 'not needed: archives are recognised by their names',
  auditFile: 'not needed: archives are recognised by their names',
  auditHashType: 'not needed: archives are recognised by their names',
  omitExtension: 'the extension is part of "file"',
  path: 'the folder is part of "file"',
  dirname: 'the folder is part of "file"',
  dest: 'here "file"',
  append: 'not needed: an active file is always appended to',
  sync: 'not needed: the worker writes at once, and the application does not wait for it',
  minLength: 'not needed: lines of one tick travel together, and none waits for more',
  maxLength: 'here "buffer"',
  periodicFlush: 'not needed: no line waits to be written',
  datePattern: 'here "frequency", and "stamp" for names',
  filename: 'here "file"',
  destination: 'here "file"',
  maxSize: 'here "size" for one file, "limit.totalSize" for all',
  maxFiles: 'here "limit.count", or "limit.age" for a time',
  zippedArchive: 'here "compress"',
  count: 'here "limit.count"',
  age: 'here "limit.age"',
  totalSize: 'here "limit.totalSize"',
  minFree: 'here "limit.minFree"',
  algorithm: 'here "compress.algorithm"',
  level: 'here "compress.level"',
  after: 'here "compress.after"'
}

/** Parses the options of one log into settings, or into issues that name every fault. */
export const optionsSchema = v.pipe(
  section(v.pipe(entries, placeIsFit, bundleIsFit, linkIsFit), {
    expected: 'an object such as { file: "logs/app.log" }',
    knownElsewhere,
    // thread-stream and pino add these to the options; `levels` only if a logger has custom levels.
    ignored: ['$context', 'pinoWillSendConfig', 'levels', 'dedupe']
  }),
  v.transform((options): Settings => ({
    file: options.file,
    enabled: options.enabled,
    // A log that only appends has neither a size limit nor boundaries.
    fileBytesMax: options.enabled ? options.size : Infinity,
    rotation: options.frequency === null || !options.enabled ? null : scheduleIn(options.timezone, options.frequency),
    rotateWhen: options.enabled ? options.rotateWhen : null,
    timezone: options.timezone,
    stamp: options.stamp,
    compression: options.compress,
    limits: options.limit,
    sweep: scheduleIn(options.timezone, options.sweep),
    bundle: options.bundle === null ? null : bundlingOf(options.bundle, options.file, options.timezone),
    upload: options.enabled ? options.upload : null,
    forward: options.enabled ? options.forward : null,
    metricsFile: options.enabled ? options.metrics : null,
    link: linkNameFor(options.file, options.symlink),
    mkdir: options.mkdir,
    mode: options.mode,
    fsync: options.fsync,
    bufferBytesMax: options.buffer,
    report: options.report,
    routes: []
  }))
)

function parseMetricsFile (raw: unknown): Reading<string | null> {
  if (raw === false) return { value: null }
  const expected = 'false, or the path of a file that ends in ".prom", as node_exporter asks for'
  return typeof raw === 'string' && raw.endsWith('.prom') ? parseFileName(raw) : { expected }
}

function parseReport (raw: unknown): Reading<Report> {
  if (raw === true) return { value: 'all' }
  if (raw === false) return { value: 'nothing' }
  return raw === 'failures' ? { value: raw } : { expected: 'true, false or "failures"' }
}
