// Parses the option `mode`: permission bits as a number. People write 644 or '644' for 0o644. The fault says so; a guess could give a file the wrong
// rights.
import type { Reading } from '../faults/option-reading.js'

const modeMax = 0o777

/** Parses permission bits: a whole number from 0 to 0o777. */
export function parseMode (raw: unknown): Reading<number> {
  if (typeof raw === 'number' && Number.isInteger(raw) && raw >= 0 && raw <= modeMax) return { value: raw }
  const [, octal] = /^(?:0o?)?([0-7]{3})$/i.exec(typeof raw === 'number' || typeof raw === 'string' ? String(raw) : '') ?? []
  return { expected: octal === undefined ? 'a number from 0 to 0o777' : `a number from 0 to 0o777 (0o${octal}, which is ${parseInt(octal, 8)} in JSON)` }
}
