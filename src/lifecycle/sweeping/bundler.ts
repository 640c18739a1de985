// A closed period's way from archives to one bundle. The bundle is proven before it is published and published before a
// source goes, and a source goes only if it is still what was read. A run that a crash cut off anywhere is done again: what
// is in the bundle already is known from the bundle itself, so that nothing is joined twice.
import { mkdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { freeBytes, removeArchive } from '../../disk/archive-folder.js'
import { surveyBundle, surveySource, writeBundle, type StandingBundle, type SurveyedSource } from '../../disk/bundle/bundle.js'
import { CompressError } from '../../disk/compress/compress-error.js'
import { errnoOf } from '../../disk/errno.js'
import { isUnchanged, stateAt, type FileState } from '../../disk/file-state.js'
import type { Lock } from '../../disk/lock/lock.js'
import { publishCopy, removeFile, syncFolder } from '../../disk/publish.js'
import { removeKept } from '../../disk/seal.js'
import { RotorBusyError } from '../../errors.js'
import type { Emit, RemovedEvent } from '../../events.js'
import type { Bundling, Settings } from '../../options/settings.js'
import { codecOf, formatArchiveName, type Archive, type LogName } from '../../policy/names/archive-name.js'
import { formatBundleName, parseBundleName, plainBundleName } from '../../policy/names/bundle-name.js'
import { planBundleRemovals, planBundles, type BundleJob, type BundlePlan, type StoredBundle, type WaitingArchive } from '../../policy/retention/bundle-plan.js'
import type { Removal } from '../../policy/retention/retention.js'
import { expectOwnFolder, hiddenBundleName, readBundleFolder } from '../../reading/bundle-folder.js'

export interface BundlerContext {
  readonly settings: Settings
  readonly bundling: Bundling
  readonly log: LogName
  readonly emit: Emit
  /** Held whenever a source is removed. */
  readonly swapLock: Lock
  readonly onFailure: (error: unknown, path: string) => void
}

/** What is looked at. */
export interface BundleView {
  readonly archives: readonly WaitingArchive[]
  /** Periods that were over by then are joined: the schedule's last boundary, or now on request. */
  readonly dueMs: number
  readonly signal: AbortSignal
}

export interface BundlePass extends BundleView {
  /** Whether something more urgent has come up since. */
  readonly isInterrupted: () => boolean
}

/** A bundle that a run would make or add to. */
export interface ForeseenBundle {
  readonly bundle: string
  /** Archives that would be joined to it. */
  readonly members: number
  /** Those of the period that would go: the members, and what is in the bundle already. */
  readonly sources: readonly SurveyedSource[]
}

/** A job with what was read for it. */
interface ReadJob {
  readonly bundle: string
  readonly standing: StandingBundle | null
  readonly sources: readonly SurveyedSource[]
  /** Those of them that the bundle lacks, in whole or in part. */
  readonly added: readonly SurveyedSource[]
}

export interface BundleOutcome {
  readonly isComplete: boolean
  readonly hasFailed: boolean
  /** When to come back; null where nothing waits. */
  readonly wakeInMs: number | null
}

/** The level of gzip for archives that are not gzip, where the settings name none. */
const usualLevel = 6

export class Bundler {
  readonly #context: BundlerContext
  readonly #directory: string
  /** What could not be unpacked, so that it is not read again and again: it stays what it is until somebody changes it. */
  readonly #damaged = new Map<string, FileState>()

  constructor (context: BundlerContext) {
    this.#context = context
    this.#directory = context.bundling.directory
  }

  /** Joins what is due. The caller holds the sweep lock. */
  async join ({ isInterrupted, ...view }: BundlePass): Promise<BundleOutcome> {
    const { jobs, wakeInMs } = this.#plan(view)
    let hasFailed = !(await this.#inFolder(() => { this.#tidy() }))
    for (const job of jobs) {
      if (isInterrupted()) return { isComplete: false, hasFailed, wakeInMs }
      hasFailed = !(await this.#join(job, view.signal)) || hasFailed
    }
    return { isComplete: true, hasFailed, wakeInMs }
  }

  /** Removes the bundles that their limits do not allow; false where that failed. */
  async applyLimits (trustedNowMs: number): Promise<boolean> {
    const { log, emit } = this.#context
    return await this.#inFolder(async () => {
      for (const { stored, reason } of await this.#removals(readBundleFolder(this.#directory, log).bundles, trustedNowMs)) {
        const file = join(this.#directory, stored.archive.name)
        if (await removeArchive(file)) emit('removed', { file, bytes: stored.bytes, reason })
      }
    })
  }

  /** Tells what joining would do now, by reading alone. */
  async foresee (view: BundleView): Promise<ForeseenBundle[]> {
    const foreseen: ForeseenBundle[] = []
    for (const job of this.#plan(view).jobs) {
      await this.#attempt(job, view.signal, ({ bundle, sources, added }) => { foreseen.push({ bundle, members: added.length, sources }) })
    }
    return foreseen.filter(({ sources }) => sources.length > 0)
  }

  /** Tells which bundles the limits would remove once those foreseen are there. One that is yet to be made counts with the bytes of its archives. */
  async foreseeRemovals (foreseen: readonly ForeseenBundle[], trustedNowMs: number): Promise<RemovedEvent[]> {
    const bundles = new Map(readBundleFolder(this.#directory, this.#context.log).bundles.map((stored) => [stored.name, stored]))
    for (const { bundle, sources } of foreseen) {
      const name = basename(bundle)
      const addedBytes = sources.reduce((sum, { joinedBytes, bytes, state }) => sum + (joinedBytes < bytes ? state.sizeBytes : 0), 0)
      const stamp = parseBundleName(name, this.#context.log) ?? ''
      bundles.set(name, { name, stamp, bytes: (bundles.get(name)?.bytes ?? 0) + addedBytes })
    }
    const removals = await this.#removals([...bundles.values()].sort((a, b) => a.stamp < b.stamp ? -1 : 1), trustedNowMs)
    return removals.map(({ stored, reason }) => ({ file: join(this.#directory, stored.archive.name), bytes: stored.bytes, reason }))
  }

  #plan ({ archives, dueMs }: BundleView): BundlePlan {
    const { settings: { timezone }, bundling } = this.#context
    return planBundles({ archives, bundling, timezone, dueMs })
  }

  // What is wrong with this folder is no reason not to look after the log's own.
  async #inFolder (action: () => Promise<void> | void): Promise<boolean> {
    try {
      await action()
      return true
    } catch (error) {
      this.#context.onFailure(error, this.#directory)
      return false
    }
  }

  // Under the sweep lock nobody else is making a bundle of this log.
  #tidy (): void {
    const { log } = this.#context
    for (const name of readBundleFolder(this.#directory, log).leftovers) removeFile(join(this.#directory, name))
  }

  async #removals (bundles: readonly StoredBundle[], trustedNowMs: number): Promise<Removal[]> {
    const { settings: { timezone }, bundling } = this.#context
    if (bundles.length === 0) return []
    const free = bundling.limits.freeBytesMin > 0 ? await freeBytes(this.#directory) : Infinity
    return planBundleRemovals(bundles, bundling, timezone, trustedNowMs, free)
  }

  async #join (job: BundleJob, signal: AbortSignal): Promise<boolean> {
    return await this.#attempt(job, signal, async ({ bundle, standing, sources, added }) => {
      if (added.length > 0) await this.#publish(bundle, job.stamp, standing, added, signal)
      for (const { path, state } of sources) this.#locked(() => removeKept(path, state))
    })
  }

  // Reads what is to be joined and acts on it; true where every archive of the job could be read and nothing failed.
  async #attempt ({ stamp, members }: BundleJob, signal: AbortSignal, act: (read: ReadJob) => Promise<void> | void): Promise<boolean> {
    const { log, onFailure } = this.#context
    const bundle = join(this.#directory, formatBundleName(log, stamp))
    if (this.#isKnownDamaged(bundle)) return false
    try {
      expectOwnFolder(this.#directory, log)
      const standing = await surveyBundle(bundle, plainBundleName(log, stamp), signal)
      const { sources, isComplete } = await this.#survey(members, standing, signal)
      await act({ bundle, standing, sources, added: sources.filter(({ joinedBytes, bytes }) => joinedBytes < bytes) })
      return isComplete
    } catch (error) {
      if (signal.aborted) return true
      this.#rememberDamage(bundle, error)
      onFailure(error, bundle)
      return false
    }
  }

  async #survey (members: readonly Archive[], standing: StandingBundle | null, signal: AbortSignal): Promise<{ sources: SurveyedSource[], isComplete: boolean }> {
    const { log, onFailure } = this.#context
    const sources: SurveyedSource[] = []
    let isComplete = true
    for (const archive of members) {
      const path = join(log.directory, archive.name)
      try {
        if (this.#isKnownDamaged(path)) { isComplete = false; continue }
        const name = formatArchiveName(log, archive, '')
        sources.push(await surveySource({ path, name, codec: codecOf(archive, log) }, standing, signal))
      } catch (error) {
        // Removed by somebody before it was read: it is no member any more.
        if (signal.aborted || errnoOf(error) === 'ENOENT') continue
        isComplete = false
        this.#rememberDamage(path, error)
        onFailure(error, path)
      }
    }
    signal.throwIfAborted()
    return { sources, isComplete }
  }

  async #publish (bundle: string, stamp: string, standing: StandingBundle | null, added: readonly SurveyedSource[], signal: AbortSignal): Promise<void> {
    const { settings: { compression }, log, emit } = this.#context
    await this.#makeFolder()
    const temporary = join(this.#directory, hiddenBundleName(log, stamp))
    const level = compression?.algorithm === 'gzip' ? compression.level : usualLevel
    const { bytes } = await writeBundle({ temporary, standing, sources: added, level, signal })
    try {
      if (standing !== null && !isUnchanged(bundle, standing.state)) throw new RotorBusyError(bundle)
      publishCopy({ temporary, final: bundle, replace: standing !== null })
    } finally {
      removeFile(temporary)
    }
    await syncFolder(this.#directory)
    emit('bundled', { bundle, members: added.length, bytes })
  }

  // The names on the way to a new folder must last as well before a source may go.
  async #makeFolder (): Promise<void> {
    if (!this.#context.settings.mkdir) return
    const first = mkdirSync(this.#directory, { recursive: true, mode: 0o755 })
    if (first === undefined) return
    for (let made = this.#directory; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made))
  }

  #locked (action: () => boolean): void {
    const { swapLock } = this.#context
    if (swapLock.run(action) === null) throw new RotorBusyError(swapLock.path)
  }

  #isKnownDamaged (path: string): boolean {
    const state = this.#damaged.get(path)
    return state !== undefined && isUnchanged(path, state)
  }

  #rememberDamage (path: string, error: unknown): void {
    const isAbout = error instanceof CompressError && error.code === 'ERR_ROTOR_COPY_DAMAGED' && error.path === path
    const state = isAbout ? stateAt(path) : null
    if (state !== null) this.#damaged.set(path, state)
  }
}
