// Which files are uploaded, and when again after a failure.
import { expect, test } from 'vitest'
import { logName, parseArchiveName } from '../../../src/policy/names/archive-name.js'
import type { FoundArchive } from '../../../src/policy/retention/sweep-plan.js'
import { concernsObjectAlone, finishedArchives, finishedBundles, uploadPauseMs, waitingUploads } from '../../../src/policy/uploading/upload-plan.js'
import { emptyRecord, withRefused, withStored } from '../../../src/policy/uploading/upload-record.js'

const log = logName('/logs/app.log')
const gzip = { compression: { algorithm: 'gzip', level: 6, after: { delayMs: 0 } } } as never
const plain = { compression: null }

function found (name: string, { settled = true, bytes = 10 } = {}): FoundArchive {
  const archive = parseArchiveName(name, log)
  if (archive === null) throw new Error(name)
  return { archive, bytes, settled, ageFromMs: 0, rotatedAtMs: 0, modifiedMs: 0 }
}

function names (archives: FoundArchive[], settings: { compression: null }): string[] {
  return finishedArchives(archives, settings).map(({ name }) => name)
}

test('takes compressed archives, oldest first, and leaves plain ones to the compressor', () => {
  const archives = [found('app.20251002.log.gz'), found('app.20251001_101010.1.log.gz'), found('app.20251001_101010.log.gz'), found('app.20251003.log')]
  expect(names(archives, gzip)).toEqual(['app.20251001_101010.log.gz', 'app.20251001_101010.1.log.gz', 'app.20251002.log.gz'])
})

test('leaves a compressed archive whose source is still there', () => {
  expect(names([found('app.20251001.log'), found('app.20251001.log.gz')], gzip)).toEqual([])
})

test('takes plain archives if nothing compresses them, once no writer can append to them', () => {
  expect(names([found('app.20251001.log'), found('app.20251002.log', { settled: false })], plain)).toEqual(['app.20251001.log'])
})

test('dates a bundle by the first day of its period', () => {
  const days = finishedBundles(['202510', '2025W40', '20251007'].map((stamp) => ({ name: `app.${stamp}.log.gz`, stamp, bytes: 1 }))).map(({ day }) => day)
  expect(days).toEqual(['20251001', '20250929', '20251007'])
})

test('uploads no file twice, and one again that has another size now', () => {
  const candidates = finishedArchives([found('app.20251001.log.gz'), found('app.20251002.log.gz')], gzip)
  const record = withStored(emptyRecord, 'app.20251001.log.gz', { bytes: 10, sha256: 'x', key: 'k' })
  expect(waitingUploads(candidates, record).map(({ name }) => name)).toEqual(['app.20251002.log.gz'])
  expect(waitingUploads(candidates, withStored(record, 'app.20251001.log.gz', { bytes: 9, sha256: 'x', key: 'k' }))).toHaveLength(2)
})

test('sets a refused file aside, and goes on with the rest', () => {
  const candidates = finishedArchives([found('app.20251001.log.gz'), found('app.20251002.log.gz')], gzip)
  const record = withRefused(emptyRecord, 'app.20251001.log.gz', { bytes: 10, code: 'ERR_ROTOR_UPLOAD_CONFLICT', message: '' })
  expect(waitingUploads(candidates, record).map(({ name }) => name)).toEqual(['app.20251002.log.gz'])
})

test('waits longer after each failure, at most five minutes, and never shorter than the store asks', () => {
  expect([1, 2, 3, 50].map((failures) => uploadPauseMs(failures, null))).toEqual([1000, 2000, 4000, 300_000])
  expect(uploadPauseMs(1, 60_000)).toBe(60_000)
  expect(uploadPauseMs(1, 86_400_000)).toBe(300_000)
})

test.each(['ERR_ROTOR_UPLOAD_CONFLICT', 'EntityTooLarge', 'KeyTooLongError', 'InvalidObjectName'])('sets aside one object after %s', (code) => {
  expect(concernsObjectAlone(code)).toBe(true)
})

// Whatever may pass, or is wrong for all objects, must set none aside.
test.each([
  'AccessDenied', 'ExpiredToken', 'SignatureDoesNotMatch', 'NoSuchBucket', 'QuotaExceeded', 'SlowDown', 'ServiceUnavailable', 'InternalError', 'HTTP_500', 'HTTP_503', 'HTTP_507',
  'ConditionalRequestConflict', 'PermanentRedirect', 'ECONNRESET', 'ENOSPC', 'ERR_ROTOR_STORE_SILENT', 'ERR_ROTOR_STORE_FOREIGN', 'ERR_ROTOR_UPLOAD_UNKNOWN', 'ERR_ROTOR_UPLOAD_CHANGED'
])('sets no object aside after %s', (code) => {
  expect(concernsObjectAlone(code)).toBe(false)
})
