// Parses the option `limit`: how much is kept. A limit that is not named keeps its default, so that naming one does not silently lift the others.
import * as v from 'valibot'
import { defaultBundle, defaultOptions } from '../defaults.js'
import { parseDuration } from './duration.js'
import { orFalse, reading, type Reading } from '../faults/option-reading.js'
import type { LimitOptions } from '../options.js'
import { members, section } from '../faults/section.js'
import type { Limits } from '../settings.js'
import { parseSize } from './size.js'

function parseCount (raw: unknown): Reading<number> {
  return typeof raw === 'number' && Number.isSafeInteger(raw) && raw >= 1
    ? { value: raw }
    : { expected: 'a whole number above zero' }
}

const unlimited = v.pipe(v.unknown(), v.transform((): Limits => (
  { count: Infinity, ageMs: Infinity, totalBytes: Infinity, freeBytesMin: 0 }
)))

function limitsWith (defaults: Required<LimitOptions>): v.GenericSchema<unknown, Limits> {
  const objectSchema = v.pipe(
    section(
      members({
        count: v.optional(reading(orFalse(parseCount, Infinity, 'no limit')), defaults.count),
        age: v.optional(reading(orFalse(parseDuration, Infinity, 'no limit')), defaults.age),
        totalSize: v.optional(reading(orFalse(parseSize, Infinity, 'no limit')), defaults.totalSize),
        minFree: v.optional(reading(orFalse(parseSize, 0, 'no limit')), defaults.minFree)
      }),
      {
        expected: 'limits such as { count: 10, age: "30d" }, or false for none',
        knownElsewhere: {
          removeOtherLogFiles: 'not needed: every archive of "file" counts, whichever process made it',
          size: 'the bytes of one file are the option "size" beside "limit", of all together "limit.totalSize"'
        }
      }
    ),
    v.transform(({ count, age, totalSize, minFree }): Limits => (
      { count, ageMs: age, totalBytes: totalSize, freeBytesMin: minFree }
    ))
  )
  return v.lazy(raw => raw === false ? unlimited : objectSchema)
}

/** Parses `limit`: an object, or `false` for no limits at all. */
export const limitsSchema = limitsWith(defaultOptions.limit)

/** Parses `bundle.limit`, in which a limit that is not named is lifted. */
export const bundleLimitsSchema = limitsWith(defaultBundle.limit)
