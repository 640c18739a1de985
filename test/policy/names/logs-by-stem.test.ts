// Finds the same as asking each log.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { logName } from '../../../src/policy/names/archive-name.js'
import { isForeignArchiveName } from '../../../src/policy/names/foreign-name.js'
import { LogsByStem } from '../../../src/policy/names/logs-by-stem.js'

const part = fc.constantFrom('app', '.', '-', '1', 'log', '2025-01-01', 'a', '.gz')
const name = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''))

test('a name belongs to one of many logs if it belongs to it when that log is asked', () => {
  fc.assert(fc.property(fc.array(name, { maxLength: 8 }), name, (bases, file) => {
    const logs = bases.map((base) => logName(base))
    expect(new LogsByStem(logs).some(file, (log) => isForeignArchiveName(file, log))).toBe(logs.some((log) => isForeignArchiveName(file, log)))
    expect(LogsByStem.ofBases(bases).some(file, (log) => log.base === file)).toBe(bases.includes(file))
  }), { numRuns: 2000 })
})
