// The record of what is stored: read back as written, and worth nothing where it is torn.
import { expect, test } from 'vitest'
import { emptyRecord, formatRecord, isRefused, isStored, keepOnly, parseRecord, withRefused, withStored } from '../../../src/policy/uploading/upload-record.js'

const stored = { bytes: 5, sha256: 'abc', key: 'h/a.gz' }
const refused = { bytes: 6, code: 'ERR_ROTOR_UPLOAD_CONFLICT', message: 'it holds something else' }
const record = withRefused(withStored(emptyRecord, 'a.gz', stored), 'b.gz', refused)

test('is read as it was written', () => {
  expect(parseRecord(formatRecord(record))).toEqual(record)
})

test('is nothing if it is torn at any place, or of another version', () => {
  const text = formatRecord(record)
  for (let length = 0; length < text.length - 2; length++) expect(parseRecord(text.slice(0, length))).toBeNull()
  expect(parseRecord(text.replace('"version":1', '"version":2'))).toBeNull()
  expect(parseRecord('null')).toBeNull()
})

test('knows a file by its name and its size', () => {
  expect([isStored(record, 'a.gz', 5), isStored(record, 'a.gz', 6), isStored(record, 'b.gz', 6), isRefused(record, 'b.gz', 6)]).toEqual([true, false, false, true])
})

test('forgets files that are gone, and a refusal once the file is stored', () => {
  expect(keepOnly(record, new Set(['b.gz']))).toEqual(withRefused(emptyRecord, 'b.gz', refused))
  expect(isRefused(withStored(record, 'b.gz', { ...stored, bytes: 6 }), 'b.gz', 6)).toBe(false)
})
