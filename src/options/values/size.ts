// Parses sizes into bytes. A unit is required: some libraries take a bare number as megabytes, others as bytes, so a guess could be off by a million.
import { lacksUnit, type Reading } from '../faults/option-reading.js'

const bytesIn = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 } as const

/** Parses a size such as '50m' into whole bytes, rounded down, at least 1. */
export function parseSize (raw: unknown): Reading<number> {
  if (lacksUnit(raw)) return { expected: `a size with a unit ("${raw}m" if megabytes were meant, "${raw}b" if bytes)` }
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(b|[kmg]b?)$/i.exec(typeof raw === 'string' ? raw : '') ?? []
  if (amount === undefined || unit === undefined) return { expected: 'a size above zero such as "10k", "50m" or "1g" (units: b, k, m, g, kb, mb, gb)' }

  const bytes = Math.floor(Number(amount) * bytesIn[unit.charAt(0).toLowerCase() as keyof typeof bytesIn])
  if (bytes < 1) return { expected: 'a size of at least 1 byte' }
  if (!Number.isSafeInteger(bytes)) return { expected: 'a size below 8388608g' }
  return { value: bytes }
}
