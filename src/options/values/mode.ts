// The option `mode`: permission bits as a number. People know them in octal and write 644 or '644' for 0o644; the
// fault says so, since a guess would give a file rights that nobody asked for.
import type { Reading } from '../faults/option-reading.js'

const modeMax = 0o777

/** Reads permission bits, a whole number from 0 to 0o777. */
export function parseMode (raw: unknown): Reading<number> {
  if (typeof raw === 'number' && Number.isInteger(raw) && raw >= 0 && raw <= modeMax) return { value: raw }
  const [, octal] = /^(?:0o?)?([0-7]{3})$/i.exec(typeof raw === 'number' || typeof raw === 'string' ? String(raw) : '') ?? []
  return { expected: octal === undefined ? 'a number from 0 to 0o777' : `a number from 0 to 0o777 (0o${octal}, which is ${parseInt(octal, 8)} in JSON)` }
}
