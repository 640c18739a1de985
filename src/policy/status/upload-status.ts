// Which files of a log are in its store, and which are not yet.
import type { Settings } from '../../options/settings.js'
import { finishedArchives, finishedBundles, waitingUploads, type UploadCandidate } from '../uploading/upload-plan.js'
import { isRefused, isStored, type UploadRecord } from '../uploading/upload-record.js'
import type { FileSum, UploadStatus } from './status-shape.js'
import type { SurveyedLog } from './survey.js'

/** Compares the record of what is stored with the present files. */
export function uploadStatus ({ archives, bundles }: SurveyedLog, settings: Settings, record: UploadRecord): UploadStatus {
  const candidates = settings.bundle === null
    ? finishedArchives(archives.map((found) => ({ ...found, settled: true })), settings)
    : finishedBundles(bundles.files)
  const waiting = waitingUploads(candidates, record)
  const [oldest] = waiting
  return {
    stored: sumOf(candidates.filter(({ name, sizeBytes }) => isStored(record, name, sizeBytes))),
    waiting: sumOf(waiting),
    oldestWaiting: oldest === undefined ? null : { name: oldest.name, bytes: oldest.sizeBytes },
    refused: candidates.flatMap(({ name, sizeBytes }) => {
      const entry = isRefused(record, name, sizeBytes) ? record.refused.get(name) : undefined
      return entry === undefined ? [] : [{ name, code: entry.code, message: entry.message }]
    }),
    lastFailure: waiting.length === 0 ? null : record.failure
  }
}

function sumOf (candidates: readonly UploadCandidate[]): FileSum {
  return { files: candidates.length, bytes: candidates.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) }
}
