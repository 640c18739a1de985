// Decides which files are uploaded, and in which order. Only finished files are: bundles if the log has them, otherwise
// compressed archives. Without compression these are plain archives that no writer can be using.
import type { Settings } from '../../options/settings.js'
import { compareArchives, type Archive } from '../names/archive-name.js'
import { bundleStart } from '../names/bundle-name.js'
import type { StoredBundle } from '../retention/bundle-plan.js'
import type { FoundArchive } from '../retention/sweep-plan.js'
import { isRefused, isStored, type UploadRecord } from './upload-record.js'

export interface UploadCandidate {
  readonly name: string
  readonly sizeBytes: number
  /** The day on which its content began, by its name: `YYYYMMDD`. */
  readonly day: string
}

/** The finished archives, oldest first. */
export function finishedArchives (archives: readonly FoundArchive[], { compression }: Pick<Settings, 'compression'>): UploadCandidate[] {
  const plain = new Set(archives.filter(({ archive }) => archive.suffix === '').map(({ archive }) => idOf(archive)))
  return archives
    .filter(({ archive, settled }) => archive.suffix === '' ? compression === null && settled : !plain.has(idOf(archive)))
    .sort((a, b) => compareArchives(a.archive, b.archive))
    .map(({ archive, bytes }) => ({ name: archive.name, sizeBytes: bytes, day: archive.stamp.slice(0, 8) }))
}

/** The bundles, oldest first. */
export function finishedBundles (bundles: readonly StoredBundle[]): UploadCandidate[] {
  return bundles.map(({ name, bytes, stamp }) => ({ name, sizeBytes: bytes, day: bundleStart(stamp) }))
}

/** The files that are neither stored nor set aside, in the given order. */
export function waitingUploads (candidates: readonly UploadCandidate[], record: UploadRecord): UploadCandidate[] {
  return candidates.filter(({ name, sizeBytes }) => !isStored(record, name, sizeBytes) && !isRefused(record, name, sizeBytes))
}

const longestPauseMs = 300_000

/** The pause after that many failed attempts in a row (1 for the first). It is never shorter than the store asks. */
export function uploadPauseMs (failures: number, retryAfterMs: number | null): number {
  return Math.max(Math.min(500 * 2 ** failures, longestPauseMs), Math.min(retryAfterMs ?? 0, longestPauseMs))
}

/** Whether a store's answer concerns only this object. The object is then set aside, and the others continue. */
export function concernsObjectAlone (code: string): boolean {
  return ['ERR_ROTOR_UPLOAD_CONFLICT', 'EntityTooLarge', 'KeyTooLongError', 'InvalidObjectName'].includes(code)
}

function idOf ({ stamp, n }: Archive): string {
  return `${stamp}.${n}`
}
