// Uploads once for a caller that has no log open, such as the command line. It is the application's upload, requested once
// and under the same lock.
import { setTimeout } from 'node:timers/promises'
import type { Clock } from '../../clock.js'
import { codeAndMessage } from '../../disk/errno.js'
import type { Emit, FailedEvent, UploadedEvent } from '../../events.js'
import type { Settings, Uploading } from '../../options/settings.js'
import { logOf } from '../../policy/names/archive-name.js'
import { objectKey } from '../../policy/uploading/object-key.js'
import { settleMs } from '../../policy/settling.js'
import { waitingUploads } from '../../policy/uploading/upload-plan.js'
import { StepHealth } from '../step-health.js'
import type { Stoppable } from '../stoppable.js'
import { openStore } from './open-store.js'
import { UploadFolder } from './upload-folder.js'
import { readUploadRecord } from './upload-record-file.js'
import { Uploader } from './uploader.js'

export interface UploadRequest {
  readonly settings: Settings
  readonly uploading: Uploading
}

export interface UploadDone {
  readonly uploaded: readonly UploadedEvent[]
  readonly failed: readonly FailedEvent[]
}

/** A file that an upload would send. */
export interface UploadAhead {
  readonly archive: string
  readonly url: string
  readonly bytes: number
}

/** Tells what an upload would send, oldest first. It does not ask the store, and changes nothing. */
export async function uploadsAhead ({ settings, uploading }: UploadRequest, clock: Clock): Promise<UploadAhead[]> {
  const log = logOf(settings)
  const folder = new UploadFolder(settings, log, clock)
  if (await mustSettle(folder, settings)) await setTimeout(settleMs)
  const store = await openStore(uploading, clock)
  return waitingUploads(await folder.read(), { ...readUploadRecord(log), refused: new Map() }).map((candidate) => ({
    archive: folder.pathOf(candidate),
    url: store.urlOf(objectKey(uploading.keyTemplate, candidate.name, candidate.day)),
    bytes: candidate.sizeBytes
  }))
}

/**
 * Uploads what waits, including files that were set aside, and returns what was done. The first failure of the store itself
 * ends it.
 */
export function uploadNow (request: UploadRequest, clock: Clock, onSent: (bytes: number) => void): Stoppable<UploadDone> {
  const uploaded: UploadedEvent[] = []
  const failed: FailedEvent[] = []
  // Nothing is retried here. A second look at files that were set aside tells nothing new.
  const note = (failure: FailedEvent): void => {
    if (!failed.some(({ path, code }) => path === failure.path && code === failure.code)) failed.push({ ...failure, retryMs: 0 })
  }
  const emit: Emit = (name, ...[details]) => {
    if (name === 'uploaded') uploaded.push(details as UploadedEvent)
    if (name === 'failed') note(details as FailedEvent)
  }
  const uploader = new Uploader({ ...request, log: logOf(request.settings), clock, emit, health: new StepHealth(emit, clock.monotonic), onSent, retriesRefused: true, memory: { unsaved: null } })
  const upload = async (): Promise<UploadDone> => {
    try {
      await uploader.upload()
      // The second look finds the plain archives that no writer can be using any more.
      if (request.settings.compression === null) await setTimeout(settleMs).then(async () => { await uploader.upload() })
    } catch (error) {
      if (failed.length === 0) note({ step: 'upload', ...codeAndMessage(error), path: request.settings.file, retryMs: 0 })
    }
    return { uploaded, failed }
  }
  return { done: upload().finally(async () => { await uploader.close() }), stop: async () => { await uploader.close() } }
}

async function mustSettle (folder: UploadFolder, { compression }: Settings): Promise<boolean> {
  await folder.read()
  return compression === null
}
