// Which files are uploaded, and in which order. Only finished files go: compressed archives, plain ones that no writer can be in
// any more where nothing compresses them, or bundles where there are any.
import type { Settings } from '../../options/settings.js'
import { compareArchives, type Archive } from '../names/archive-name.js'
import { bundleStart } from '../names/bundle-name.js'
import type { StoredBundle } from '../retention/bundle-plan.js'
import type { FoundArchive } from '../retention/sweep-plan.js'
import { isRefused, isStored, type UploadRecord } from './upload-record.js'

export interface UploadCandidate {
  readonly name: string
  readonly sizeBytes: number
  /** The day on which its content began, as its name has it: `YYYYMMDD`. */
  readonly day: string
}

/** The archives that are finished, oldest first. */
export function finishedArchives (archives: readonly FoundArchive[], { compression }: Pick<Settings, 'compression'>): UploadCandidate[] {
  const plain = new Set(archives.filter(({ archive }) => archive.suffix === '').map(({ archive }) => idOf(archive)))
  return archives
    .filter(({ archive, settled }) => archive.suffix === '' ? compression === null && settled : !plain.has(idOf(archive)))
    .sort((a, b) => compareArchives(a.archive, b.archive))
    .map(({ archive, bytes }) => ({ name: archive.name, sizeBytes: bytes, day: archive.stamp.slice(0, 8) }))
}

/** Bundles, oldest first, as they come. */
export function finishedBundles (bundles: readonly StoredBundle[]): UploadCandidate[] {
  return bundles.map(({ name, bytes, stamp }) => ({ name, sizeBytes: bytes, day: bundleStart(stamp) }))
}

/** What is neither stored nor set aside, in the order in which it came. */
export function waitingUploads (candidates: readonly UploadCandidate[], record: UploadRecord): UploadCandidate[] {
  return candidates.filter(({ name, sizeBytes }) => !isStored(record, name, sizeBytes) && !isRefused(record, name, sizeBytes))
}

const longestPauseMs = 300_000

/** The pause after so many failed attempts in a row (1 for the first), never shorter than what the store asks for. */
export function uploadPauseMs (failures: number, retryAfterMs: number | null): number {
  return Math.max(Math.min(500 * 2 ** failures, longestPauseMs), Math.min(retryAfterMs ?? 0, longestPauseMs))
}

/** Whether a store's answer is about this one object, so that it is set aside and the rest goes on. */
export function concernsObjectAlone (code: string): boolean {
  return ['ERR_ROTOR_UPLOAD_CONFLICT', 'EntityTooLarge', 'KeyTooLongError', 'InvalidObjectName'].includes(code)
}

function idOf ({ stamp, n }: Archive): string {
  return `${stamp}.${n}`
}
