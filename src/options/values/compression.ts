// Parses the option `compress`: an algorithm and its level, or a module instead, and the delay before it. It checks whether Node has zstd, so that a lack is
// known before the first rotation.
import zlib from 'node:zlib'
import * as v from 'valibot'
import { defaultOptions } from '../defaults.js'
import { parseDuration } from './duration.js'
import { parseModule } from './module.js'
import { reading, type Reading } from '../faults/option-reading.js'
import { members, ownProperties, section } from '../faults/section.js'
import type { Algorithm, CompressAfter, Compression } from '../settings.js'
import { hasOwnKey } from '../../platform/own-key.js'

/** The levels of each algorithm, and its default. The reasons are in nested-options.ts. */
const compressionLevels: Readonly<Record<Algorithm, { lowest: number, highest: number, usual: number }>> = {
  gzip: { lowest: 0, highest: 9, usual: 6 },
  brotli: { lowest: 0, highest: 11, usual: 5 },
  zstd: { lowest: 1, highest: 22, usual: 3 }
}

/** The most fields that fit into the header of a block. */
const indexedFieldsMax = 4
const fieldNameBytesMax = 255

const expectedAlgorithm = '"gzip", "brotli" or "zstd"'

function isAlgorithm (raw: unknown): raw is Algorithm {
  return typeof raw === 'string' && Object.hasOwn(compressionLevels, raw)
}

function parseAlgorithm (raw: unknown): Reading<Algorithm> {
  if (!isAlgorithm(raw)) return { expected: expectedAlgorithm }
  if (raw === 'zstd' && !('createZstdCompress' in zlib)) {
    return { expected: `"gzip" or "brotli", because Node ${process.versions.node} has no zstd (it needs 22.15 or later in line 22, or 23.8 or later)` }
  }
  return { value: raw }
}

function parseLevel (raw: unknown): Reading<number> {
  return typeof raw === 'number' && Number.isSafeInteger(raw) ? { value: raw } : { expected: 'a whole number' }
}

function parseAfter (raw: unknown): Reading<CompressAfter> {
  if (raw === 'sweep') return { value: raw }
  const delay = parseDuration(raw)
  return hasOwnKey(delay, 'value') ? { value: { delayMs: delay.value } } : { expected: `${delay.expected}, or "sweep"` }
}

function parseIndex (raw: unknown): Reading<readonly string[]> {
  const isIndex = Array.isArray(raw) && raw.length <= indexedFieldsMax && raw.every(isFieldName) && new Set(raw).size === raw.length
  return isIndex ? { value: raw } : { expected: `an array of at most ${indexedFieldsMax} different names of fields, such as ["reqId", "user.id"]` }
}

function isFieldName (raw: unknown): raw is string {
  // Half a character has no bytes of its own.
  return typeof raw === 'string' && raw !== '' && Buffer.byteLength(raw) <= fieldNameBytesMax && Buffer.from(raw).toString() === raw
}

const compressEntries = members({
  algorithm: v.optional(reading(parseAlgorithm)),
  level: v.optional(reading(parseLevel)),
  module: v.optional(reading((raw) => parseModule(raw, './my-compressor.js'))),
  after: v.optional(reading(parseAfter)),
  blocks: v.optional(reading<boolean>((raw) => typeof raw === 'boolean' ? { value: raw } : { expected: 'true or false' })),
  index: v.optional(reading(parseIndex))
})

// A check also runs when other options are wrong, so it tests by itself whether both values were parsed.
const levelInRange = v.rawCheck<v.InferOutput<typeof compressEntries>>(({ dataset, addIssue }) => {
  const { algorithm = defaultOptions.compress, module, level } = ownProperties(dataset.value as Record<string, unknown>)
  if (module !== undefined || !isAlgorithm(algorithm) || typeof level !== 'number' || !Number.isSafeInteger(level)) return
  const { lowest, highest } = compressionLevels[algorithm]
  if (level >= lowest && level <= highest) return
  addIssue({
    message: `a level from ${lowest} to ${highest} for ${algorithm}`,
    input: level,
    path: [{ type: 'object', origin: 'value', input: {}, key: 'level', value: level }]
  })
})

const moduleAlone = v.rawCheck<v.InferOutput<typeof compressEntries>>(({ dataset, addIssue }) => {
  const given = ownProperties(dataset.value as Record<string, unknown>)
  if (given['module'] === undefined) return
  for (const key of ['algorithm', 'level']) {
    if (given[key] === undefined) continue
    const path = [{ type: 'object', origin: 'value', input: {}, key, value: given[key] }] as const
    addIssue({ message: 'no such option beside "module", which replaces it', input: given[key], path: [...path] })
  }
})

const blocksInGzip = v.rawCheck<v.InferOutput<typeof compressEntries>>(({ dataset, addIssue }) => {
  const given = ownProperties(dataset.value as Record<string, unknown>)
  const { algorithm = defaultOptions.compress, module, blocks, index } = given
  const fault = (key: string, message: string): void => { addIssue({ message, input: given[key], path: [{ type: 'object', origin: 'value', input: given, key, value: given[key] }] }) }
  const isOther = module !== undefined || (isAlgorithm(algorithm) && algorithm !== 'gzip')
  if (isOther && blocks === true) fault('blocks', 'none, since only gzip has blocks')
  if (isOther && index !== undefined) fault('index', 'none, since only gzip has blocks that an index is in')
  else if (blocks === false && index !== undefined) fault('index', 'none beside "blocks": false, since the index is in the blocks')
})

const wordSchema = reading<Compression | null>(raw => {
  if (raw === false) return { value: null }
  const algorithm = parseAlgorithm(raw)
  return hasOwnKey(algorithm, 'value')
    ? { value: complete({ algorithm: algorithm.value }) }
    : { expected: `${algorithm.expected}, { algorithm, level, after, blocks, index }, { module, after }, or false for none` }
})

const objectSchema = v.pipe(
  section(v.pipe(compressEntries, levelInRange, moduleAlone, blocksInGzip), { expected: '{ algorithm, level, after, blocks, index } or { module, after }' }),
  v.transform(complete)
)

/** Parses `compress`: `false`, a word, or an object. */
export const compressionSchema: v.GenericSchema<unknown, Compression | null> =
  v.lazy(raw => typeof raw === 'object' && raw !== null ? objectSchema : wordSchema)

function complete (given: v.InferOutput<typeof compressEntries>): Compression {
  const { algorithm = defaultOptions.compress, module, level, after = { delayMs: 0 }, blocks = true, index = [] } = ownProperties(given) as typeof given
  if (module !== undefined) return { algorithm: { module }, level: 0, after, blocks: null }
  return { algorithm, level: level ?? compressionLevels[algorithm].usual, after, blocks: blocks && algorithm === 'gzip' ? { index } : null }
}
