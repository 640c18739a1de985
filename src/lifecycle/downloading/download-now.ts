// Downloads a log's archives from a store, oldest first, one at a time, under its own lock. Existing files stay as they are.
import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../../clock.js'
import { listFolder } from '../../disk/archive-folder.js'
import { codeAndMessage } from '../../disk/errno.js'
import { retryWhileHeld } from '../../disk/held-files.js'
import { Lock } from '../../disk/lock/lock.js'
import { RotorBusyError } from '../../errors.js'
import type { BucketPlace, Settings } from '../../options/settings.js'
import { logOf, parseArchiveName, type LogName } from '../../policy/names/archive-name.js'
import { hiddenName } from '../../policy/names/hidden-name.js'
import type { Window } from '../../policy/filters/line-window.js'
import { planDownloads, type Download } from '../../policy/uploading/download-plan.js'
import { commonPrefix } from '../../policy/uploading/object-key.js'
import { bundleDirectory, expectOwnFolder } from '../../reading/bundle-folder.js'
import type { ReadableStore } from '../../remote/store.js'
import type { Stoppable } from '../stoppable.js'
import { openBucket } from '../uploading/open-store.js'
import { conflictAt, downloadFile, isSameContent, rightsOf } from './download-one.js'

export interface DownloadRequest {
  /** The settings of the log. Its folder receives the files. */
  readonly settings: Settings
  readonly place: BucketPlace
  readonly keyTemplate: string
  readonly window: Window
}

/** Learns of the progress. */
export interface DownloadWatch {
  readonly onPlanned: (bytes: number) => void
  readonly onReceived: (bytes: number) => void
}

export interface DownloadDone {
  readonly downloaded: ReadonlyArray<{ readonly file: string, readonly url: string, readonly bytes: number }>
  /** The files that existed already. */
  readonly present: ReadonlyArray<{ readonly file: string, readonly url: string }>
  readonly failed: ReadonlyArray<{ readonly file: string, readonly url: string, readonly code: string, readonly message: string }>
}

/** Failures that concern one object. The others are still downloaded. */
const concernsOneObject = ['ERR_ROTOR_DOWNLOAD_UNPROVEN', 'ERR_ROTOR_DOWNLOAD_CONFLICT', 'EEXIST', 'NoSuchKey', 'InvalidObjectState']

/** Downloads the objects in the window. Rejects if the store cannot be listed. */
export function downloadNow (request: DownloadRequest, clock: Clock, watch: DownloadWatch): Stoppable<DownloadDone> {
  const abort = new AbortController()
  const done = held(request, clock, async () => await downloadAll(request, clock, watch, abort.signal))
  return { done, stop: async () => { abort.abort(); await done.catch(() => {}) } }
}

async function held (request: DownloadRequest, clock: Clock, action: () => Promise<DownloadDone>): Promise<DownloadDone> {
  const log = logOf(request.settings)
  mkdirSync(log.directory, { recursive: true, mode: 0o755 })
  const lock = new Lock(join(log.directory, hiddenName(log, 'download')), clock.monotonic)
  if (!await retryWhileHeld(() => lock.tryAcquire())) throw new RotorBusyError(request.settings.file)
  return await lock.runAcquired(action, { keepsAlive: true })
}

async function downloadAll (request: DownloadRequest, clock: Clock, watch: DownloadWatch, signal: AbortSignal): Promise<DownloadDone> {
  const { settings, place, keyTemplate, window } = request
  const log = logOf(settings)
  const store = await openBucket(place, clock)
  const objects = []
  for await (const object of store.list(commonPrefix(keyTemplate), signal)) objects.push(object)
  const downloads = planDownloads({ objects, keyTemplate, log, isBundled: settings.bundle !== null, window, timezone: settings.timezone })
  watch.onPlanned(downloads.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0))
  return await bring(store, downloads, settings, log, watch, signal)
}

async function bring (store: ReadableStore, downloads: readonly Download[], settings: Settings, log: LogName, watch: DownloadWatch, signal: AbortSignal): Promise<DownloadDone> {
  const done = { downloaded: [], present: [], failed: [] } as { [Key in keyof DownloadDone]: Array<DownloadDone[Key][number]> }
  const here = new Set((await listFolder(log.directory, (name) => parseArchiveName(name, log))).map(({ value }) => `${value.stamp}.${value.n}`))
  for (const download of downloads) {
    const path = join(folderOf(download, settings, log), download.name)
    const told = { file: path, url: store.urlOf(download.key) }
    try {
      if (await isThere(store, download, path, here, signal)) {
        done.present.push(told)
        watch.onReceived(download.sizeBytes)
      } else {
        const file = { key: download.key, path, hidden: hiddenName(log, 'download.part'), endedMs: download.endedMs, mode: settings.mode, active: rightsOf(settings.file) }
        done.downloaded.push({ ...told, bytes: await downloadFile(store, file, watch.onReceived, signal) })
      }
    } catch (error) {
      if (signal.aborted) throw error
      const { code, message } = codeAndMessage(error)
      done.failed.push({ ...told, code, message })
      if (!concernsOneObject.includes(code)) break
    }
  }
  return done
}

function folderOf ({ content }: Download, settings: Settings, log: LogName): string {
  if (content.kind === 'archive') return log.directory
  const directory = bundleDirectory(settings, log)
  expectOwnFolder(directory, log)
  mkdirSync(directory, { recursive: true, mode: 0o755 })
  return directory
}

// Whether the archive exists in any form: plain, or compressed in another way.
async function isThere (store: ReadableStore, { key, sizeBytes, content }: Download, path: string, here: ReadonlySet<string>, signal: AbortSignal): Promise<boolean> {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return content.kind === 'archive' && here.has(`${content.archive.stamp}.${content.archive.n}`)
  if (stats.size === sizeBytes && await isSameContent(store, key, path, signal)) return true
  throw conflictAt(path)
}
