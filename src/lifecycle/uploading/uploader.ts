// Uploads finished files, oldest first, one at a time, under its own lock. Each sweep requests it at its end. No write,
// rotation or close waits for it. It retries for ever, with pauses.
import { join } from 'node:path'
import type { Clock } from '../../clock.js'
import { codeAndMessage, errnoOf } from '../../disk/errno.js'
import { retryWhileHeld } from '../../disk/held-files.js'
import { Lock } from '../../disk/lock/lock.js'
import { RotorClosedError } from '../../errors.js'
import type { Emit } from '../../events.js'
import type { Settings, Uploading } from '../../options/settings.js'
import type { LogName } from '../../policy/names/archive-name.js'
import { hiddenName } from '../../policy/names/hidden-name.js'
import { objectKey } from '../../policy/uploading/object-key.js'
import { concernsObjectAlone, uploadPauseMs, waitingUploads, type UploadCandidate } from '../../policy/uploading/upload-plan.js'
import { keepOnly, withFailure, withRefused, withStored, type UploadRecord } from '../../policy/uploading/upload-record.js'
import type { ObjectStore } from '../../remote/store.js'
import { StoreError } from '../../remote/store-error.js'
import { acquireIfRoom } from '../acquire-if-room.js'
import { Alarm } from '../alarm.js'
import type { StepHealth } from '../step-health.js'
import { openStore } from './open-store.js'
import { UploadFolder } from './upload-folder.js'
import { uploadFile } from './upload-one.js'
import { readUploadRecord, writeUploadRecord, type UploadMemory } from './upload-record-file.js'

export interface UploaderContext {
  readonly settings: Settings
  readonly uploading: Uploading
  readonly log: LogName
  readonly clock: Clock
  readonly emit: Emit
  readonly health: StepHealth
  /** Learns of each number of bytes sent, for a person who waits. */
  readonly onSent?: (bytes: number) => void
  /** Whether to retry files that were set aside. A person who asks may have removed the reason. */
  readonly retriesRefused?: boolean
  /** Shared with the sweep, so that it may remove what is stored even while the disk takes no record. */
  readonly memory: UploadMemory
}

interface Waiter { readonly resolve: () => void, readonly reject: (error: unknown) => void }

/** When to try again if another process uploads. */
const comeBackMs = 5_000
const stayMs = 60_000

export class Uploader {
  readonly #context: UploaderContext
  readonly #folder: UploadFolder
  readonly #lock: Lock
  readonly #retryAlarm: Alarm
  readonly #abort = new AbortController()
  readonly #waiters: Waiter[] = []
  #store: ObjectStore | null = null
  #running: Promise<void> | null = null
  #isWanted = false
  #failures = 0

  constructor (context: UploaderContext) {
    const { settings, log, clock } = context
    this.#context = context
    this.#folder = new UploadFolder(settings, log, clock)
    this.#lock = new Lock(join(log.directory, hiddenName(log, 'upload')), clock.monotonic)
    this.#retryAlarm = new Alarm(clock.monotonic, () => { this.#begin() })
  }

  /** Requests an upload of what waits. While the store is failing, its pause stays in force. */
  request (): void {
    if (this.#failures === 0) this.#begin()
  }

  /** Uploads what waits now. Resolves when all of it is stored or set aside. Rejects with the first failure. */
  async upload (): Promise<void> {
    if (this.#abort.signal.aborted) throw new RotorClosedError(this.#context.settings.file)
    const stay = setInterval(() => {}, stayMs)
    try {
      await new Promise<void>((resolve, reject) => {
        this.#waiters.push({ resolve, reject })
        this.#begin()
      })
    } finally {
      clearInterval(stay)
    }
  }

  /** Stops at once. The next start uploads the rest. */
  async close (): Promise<void> {
    this.#abort.abort(new RotorClosedError(this.#context.settings.file))
    this.#retryAlarm.clear()
    await this.#running
    this.#settle(new RotorClosedError(this.#context.settings.file))
  }

  #begin (): void {
    if (this.#abort.signal.aborted) return
    this.#retryAlarm.clear()
    this.#isWanted = true
    this.#running ??= this.#run()
  }

  async #run (): Promise<void> {
    while (this.#isWanted && !this.#abort.signal.aborted) {
      this.#isWanted = false
      await this.#attempt()
    }
    this.#running = null
  }

  async #attempt (): Promise<void> {
    try {
      // What is stored makes room on a full disk, and the store refuses what another process has sent meanwhile.
      const lock = await retryWhileHeld(() => acquireIfRoom(this.#lock))
      if (lock === 'busy') {
        this.#retryAlarm.setAt(this.#context.clock.monotonic() + comeBackMs)
        return
      }
      if (typeof lock === 'object') await this.#uploadAll()
      else await this.#lock.runAcquired(async () => { await this.#uploadAll() })
      this.#failures = 0
      this.#context.health.succeeded('upload')
      if (!this.#isWanted) this.#settle(null)
    } catch (error) {
      this.#fail(error)
    }
  }

  // An upload takes long, and others remove and add files meanwhile. So the folder is listed again once all that was found is done.
  async #uploadAll (): Promise<void> {
    const { log, memory, retriesRefused = false } = this.#context
    for (const tried = new Set<string>(); ;) {
      const found = await this.#folder.read()
      let record = keepOnly(readUploadRecord(log, memory), new Set(found.map(({ name }) => name)))
      const waiting = waitingUploads(found, retriesRefused ? { ...record, refused: new Map() } : record).filter(({ name }) => !tried.has(name))
      if (waiting.length === 0) break
      for (const next of waiting) {
        this.#abort.signal.throwIfAborted()
        tried.add(next.name)
        record = await this.#uploadOne(next, record)
      }
    }
    await this.#saveRest()
  }

  // Returns the record as it is after it.
  async #uploadOne (candidate: UploadCandidate, record: UploadRecord): Promise<UploadRecord> {
    const { clock, emit, uploading, onSent } = this.#context
    const { name, sizeBytes, day } = candidate
    const archive = this.#folder.pathOf(candidate)
    const startedMs = clock.monotonic()
    const store = this.#store ??= await openStore(uploading, clock, this.#abort.signal)
    try {
      const { key, bytes, sha256, isCurrent } = await uploadFile(store, archive, objectKey(uploading.keyTemplate, name, day), this.#abort.signal, onSent)
      // What took its name meanwhile is another file, and gets its own turn.
      const after = isCurrent ? await this.#note(withStored(record, name, { bytes, sha256, key })) : record
      emit('uploaded', { archive, url: store.urlOf(key), bytes, ms: Math.round(clock.monotonic() - startedMs) })
      return after
    } catch (error) {
      // An operator or a limit removed it meanwhile. The same code from a store is a failure of the store.
      if (!(error instanceof StoreError) && errnoOf(error) === 'ENOENT') return record
      if (!(error instanceof StoreError) || !concernsObjectAlone(error.code)) {
        await this.#noteFailure(record, name, error)
        throw Object.assign(error as Error, { path: archive })
      }
      const { code, message } = error
      const after = await this.#note(withRefused(record, name, { bytes: sizeBytes, code, message }))
      emit('failed', { step: 'upload', code, message, path: archive, retryMs: 0 })
      return after
    }
  }

  // A full disk must not hold up the rest. The record is written again once nothing waits.
  async #note (record: UploadRecord): Promise<UploadRecord> {
    const { log, memory } = this.#context
    await writeUploadRecord(log, record, memory).catch(() => {})
    return record
  }

  async #noteFailure (record: UploadRecord, name: string, error: unknown): Promise<void> {
    if (this.#abort.signal.aborted) return
    const failed = withFailure(record, { name, ...codeAndMessage(error), since: new Date(this.#context.clock.now()).toISOString() })
    if (failed !== record) await this.#note(failed)
  }

  /** Writes what the disk did not take, and throws if it still does not. */
  async #saveRest (): Promise<void> {
    const { log, memory } = this.#context
    if (memory.unsaved !== null) await writeUploadRecord(log, memory.unsaved, memory)
  }

  #fail (error: unknown): void {
    if (this.#abort.signal.aborted) return
    this.#failures++
    const pauseMs = uploadPauseMs(this.#failures, error instanceof StoreError ? error.retryAfterMs : null)
    const { path } = error as { path?: unknown }
    this.#context.health.failed('upload', error, typeof path === 'string' ? path : this.#folder.directory, pauseMs)
    this.#retryAlarm.setAt(this.#context.clock.monotonic() + pauseMs)
    this.#settle(error)
  }

  #settle (error: unknown): void {
    for (const { resolve, reject } of this.#waiters.splice(0)) {
      if (error === null) resolve()
      else reject(error)
    }
  }
}
