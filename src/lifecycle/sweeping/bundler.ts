// Merges a finished period's archives into one bundle. The bundle is proven before it is published, and published before a
// source is removed. A source is removed only if it is still what was read. A run that a crash interrupted starts again. The
// bundle itself shows its content, so nothing is added twice.
import { mkdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { freeBytes, removeArchive } from '../../disk/archive-folder.js'
import { surveyBundle, surveySource, writeBundle, type StandingBundle, type SurveyedSource } from '../../disk/bundle/bundle.js'
import { CompressError } from '../../disk/compress/compress-error.js'
import { errnoOf } from '../../disk/errno.js'
import { isUnchanged, stateAt, type FileState } from '../../disk/file-state.js'
import { retryWhileHeld } from '../../disk/held-files.js'
import { publishCopy, removeFile, syncFolder } from '../../disk/publish.js'
import type { LostRights } from '../../disk/rights/keep-rights.js'
import { RotorBusyError } from '../../errors.js'
import type { BundledEvent, RemovedEvent } from '../../events.js'
import type { Bundling } from '../../options/settings.js'
import { codecOf, formatArchiveName, logOf, type Archive, type LogName } from '../../policy/names/archive-name.js'
import { formatBundleName, parseBundleName, plainBundleName } from '../../policy/names/bundle-name.js'
import { readHolds } from '../read-holds.js'
import { planBundleRemovals, planBundles, type BundleJob, type BundlePlan, type StoredBundle, type WaitingArchive } from '../../policy/retention/bundle-plan.js'
import type { Removal } from '../../policy/retention/retention.js'
import { expectOwnFolder, hiddenBundleName, readBundleFolder } from '../../reading/bundle-folder.js'
import { FreeSpace } from './free-space.js'
import { removeKeptArchive } from '../kept-archive.js'
import type { SweepContext } from './sweep-pass.js'

/** The input of a run. */
export interface BundleView {
  readonly archives: readonly WaitingArchive[]
  /** Periods that were over at this time are bundled: the schedule's last boundary, or now on request. */
  readonly dueMs: number
  readonly signal: AbortSignal
}

/** Learns what happens, as it happens. */
export interface BundleListener {
  /** Whether the bundle may be tried now. Otherwise it still waits after a failure. */
  readonly isDue: (step: 'bundle', subject: string) => boolean
  readonly isInterrupted: () => boolean
  readonly failed: (step: 'bundle', error: unknown, path: string, subject: string) => void
  readonly succeeded: (step: 'bundle', subject: string) => void
  readonly bundled: (event: BundledEvent) => void
  readonly removed: (event: RemovedEvent) => void
  /** A leftover of a crash was removed. */
  readonly cleared: (path: string) => void
  readonly narrowed: (lost: Error | null, path: string) => void
}

/** A bundle that a run would create or extend. */
export interface PlannedBundle {
  readonly bundle: string
  /** How many archives would be added. */
  readonly members: number
  /** The period's archives that would be removed: the added ones, and those that the bundle already holds. */
  readonly sources: readonly SurveyedSource[]
}

/** A job and what was read for it. */
interface ReadJob {
  readonly bundle: string
  readonly standing: StandingBundle | null
  readonly sources: readonly SurveyedSource[]
  /** The sources that the bundle lacks, in whole or in part. */
  readonly added: readonly SurveyedSource[]
}

export interface BundleOutcome {
  /** False if it was interrupted. */
  readonly isComplete: boolean
  /** The paths that it handles: the folder, and each bundle that is due. */
  readonly subjects: readonly string[]
  /** When to run again; null if nothing waits. */
  readonly wakeInMs: number | null
}

type ReportFailure = (error: unknown, path: string) => void

/** The gzip level for archives that are not gzip, if the settings name none. */
const usualLevel = 6

export class Bundler {
  readonly #context: Omit<SweepContext, 'emit' | 'health'>
  readonly #bundling: Bundling
  readonly #log: LogName
  readonly #directory: string
  readonly #freeSpace: FreeSpace
  /** Archives that could not be unpacked. Each is read again only after it has changed. */
  readonly #damaged = new Map<string, FileState>()

  constructor (context: Omit<SweepContext, 'emit' | 'health'>, bundling: Bundling) {
    this.#context = context
    this.#bundling = bundling
    this.#log = logOf(context.settings)
    this.#directory = bundling.directory
    this.#freeSpace = new FreeSpace(this.#directory, bundling.limits.freeBytesMin, context.clock)
  }

  /** Bundles what is due. The caller holds the sweep lock. */
  async join (view: BundleView, listener: BundleListener): Promise<BundleOutcome> {
    const { jobs, wakeInMs } = this.#plan(view)
    const subjects = [this.#directory, ...jobs.map(({ stamp }) => this.#bundleOf(stamp))]
    await this.#guarded(listener, this.#directory, this.#directory, () => { this.#tidy(listener) })
    for (const job of jobs) {
      if (listener.isInterrupted()) return { isComplete: false, subjects, wakeInMs }
      if (listener.isDue('bundle', this.#bundleOf(job.stamp))) await this.#join(job, view.signal, listener)
    }
    return { isComplete: true, subjects, wakeInMs }
  }

  /** Removes the bundles beyond their limits. Returns the paths that it handles. */
  async applyLimits (trustedNowMs: number, listener: BundleListener): Promise<string[]> {
    const limitsOf = join(this.#directory, 'limits')
    const files: string[] = []
    await this.#guarded(listener, limitsOf, this.#directory, async () => {
      const { bundles } = readBundleFolder(this.#directory, this.#log)
      if (bundles.length === 0) return
      for (const removal of this.#removals(bundles, trustedNowMs, await this.#freeSpace.look())) {
        const file = join(this.#directory, removal.stored.archive.name)
        files.push(file)
        await this.#guarded(listener, file, file, () => this.#remove(removal, file, listener))
      }
      if (this.#freeSpace.refusal !== null) throw this.#freeSpace.refusal
    })
    return [limitsOf, ...files]
  }

  /** Tells what bundling would do now, by reading alone. */
  async dryRun (view: BundleView, onFailure: ReportFailure): Promise<PlannedBundle[]> {
    const planned: PlannedBundle[] = []
    for (const job of this.#plan(view).jobs) {
      await this.#attempt(job, view.signal, onFailure, ({ bundle, sources, added }) => { planned.push({ bundle, members: added.length, sources }) })
    }
    return planned.filter(({ sources }) => sources.length > 0)
  }

  /**
   * Tells which bundles the limits would remove after the planned ones exist. A planned bundle counts with the bytes of its
   * archives.
   */
  async dryRunLimits (planned: readonly PlannedBundle[], trustedNowMs: number): Promise<RemovedEvent[]> {
    const bundles = new Map(readBundleFolder(this.#directory, this.#log).bundles.map((stored) => [stored.name, stored]))
    for (const { bundle, sources } of planned) {
      const name = basename(bundle)
      const addedBytes = sources.reduce((sum, { joinedBytes, bytes, state }) => sum + (joinedBytes < bytes ? state.sizeBytes : 0), 0)
      const stamp = parseBundleName(name, this.#log) ?? ''
      bundles.set(name, { name, stamp, bytes: (bundles.get(name)?.bytes ?? 0) + addedBytes })
    }
    if (bundles.size === 0) return []
    const free = this.#bundling.limits.freeBytesMin > 0 ? await freeBytes(this.#directory) : null
    const removals = this.#removals([...bundles.values()].sort((a, b) => a.stamp < b.stamp ? -1 : 1), trustedNowMs, free ?? Infinity)
    return removals.map(({ stored, reason }) => ({ file: join(this.#directory, stored.archive.name), bytes: stored.bytes, reason }))
  }

  #bundleOf (stamp: string): string {
    return join(this.#directory, formatBundleName(this.#log, stamp))
  }

  #plan ({ archives, dueMs }: BundleView): BundlePlan {
    return planBundles({ archives, bundling: this.#bundling, timezone: this.#context.settings.timezone, dueMs })
  }

  #removals (bundles: readonly StoredBundle[], trustedNowMs: number, freeBytes: number): Removal[] {
    const { settings, uploader } = this.#context
    return planBundleRemovals(bundles, this.#bundling, settings.timezone, trustedNowMs, freeBytes, readHolds(settings, this.#log, uploader?.memory))
  }

  async #remove ({ stored: { bytes }, reason, givenUp }: Removal, file: string, listener: BundleListener): Promise<void> {
    // On Windows, a bundle may keep its name until another program closes it. A later pass removes it again.
    if (await removeArchive(file) !== 'removed') return
    listener.removed({ file, bytes, reason, ...Object.fromEntries(givenUp.map((name) => [name, false])) })
    await this.#freeSpace.removed(bytes)
  }

  // A failure in this folder does not stop the care of the log's own folder.
  async #guarded (listener: BundleListener, subject: string, path: string, action: () => Promise<void> | void): Promise<void> {
    if (!listener.isDue('bundle', subject)) return
    try {
      await action()
      listener.succeeded('bundle', subject)
    } catch (error) {
      listener.failed('bundle', error, path, subject)
    }
  }

  // Under the sweep lock, no other process is making a bundle of this log.
  #tidy (listener: BundleListener): void {
    for (const name of readBundleFolder(this.#directory, this.#log).leftovers) {
      removeFile(join(this.#directory, name))
      listener.cleared(join(this.#directory, name))
    }
  }

  async #join (job: BundleJob, signal: AbortSignal, listener: BundleListener): Promise<void> {
    const subject = this.#bundleOf(job.stamp)
    const onFailure: ReportFailure = (error, path) => { listener.failed('bundle', error, path, subject) }
    const isWhole = await this.#attempt(job, signal, onFailure, async ({ bundle, standing, sources, added }) => {
      if (added.length > 0) {
        const { lostRights, ...bundled } = await this.#publish(bundle, job.stamp, standing, added, signal)
        listener.bundled(bundled)
        listener.narrowed(lostRights, bundle)
      }
      for (const source of sources) {
        await this.#locked(() => removeKeptArchive(this.#log, basename(source.path), source.state))
        if (!added.includes(source)) listener.cleared(source.path)
      }
    })
    if (isWhole) listener.succeeded('bundle', subject)
  }

  // Reads the job's sources and acts on them. True if every archive could be read and nothing failed.
  async #attempt ({ stamp, members }: BundleJob, signal: AbortSignal, onFailure: ReportFailure, act: (read: ReadJob) => Promise<void> | void): Promise<boolean> {
    const bundle = this.#bundleOf(stamp)
    if (this.#isKnownDamaged(bundle)) return false
    try {
      expectOwnFolder(this.#directory, this.#log)
      const standing = await surveyBundle(bundle, plainBundleName(this.#log, stamp), signal)
      const { sources, isComplete } = await this.#survey(members, standing, signal, onFailure)
      await act({ bundle, standing, sources, added: sources.filter(({ joinedBytes, bytes }) => joinedBytes < bytes) })
      return isComplete
    } catch (error) {
      if (signal.aborted) return true
      this.#rememberDamage(bundle, error)
      onFailure(error, bundle)
      return false
    }
  }

  async #survey (members: readonly Archive[], standing: StandingBundle | null, signal: AbortSignal, onFailure: ReportFailure): Promise<{ sources: SurveyedSource[], isComplete: boolean }> {
    const sources: SurveyedSource[] = []
    let isComplete = true
    for (const archive of members) {
      const path = join(this.#log.directory, archive.name)
      try {
        if (this.#isKnownDamaged(path)) { isComplete = false; continue }
        const name = formatArchiveName(this.#log, archive, '')
        sources.push(await surveySource({ path, name, codec: codecOf(archive, this.#log) }, standing, signal))
      } catch (error) {
        // It was removed before it was read, so it is not a member.
        if (signal.aborted || errnoOf(error) === 'ENOENT') continue
        isComplete = false
        this.#rememberDamage(path, error)
        onFailure(error, path)
      }
    }
    signal.throwIfAborted()
    return { sources, isComplete }
  }

  async #publish (bundle: string, stamp: string, standing: StandingBundle | null, added: readonly SurveyedSource[], signal: AbortSignal): Promise<BundledEvent & { readonly lostRights: LostRights | null }> {
    const { settings: { compression } } = this.#context
    await this.#makeFolder()
    const temporary = join(this.#directory, hiddenBundleName(this.#log, stamp))
    const level = compression?.algorithm === 'gzip' ? compression.level : usualLevel
    const { bytes, state, lostRights } = await writeBundle({ temporary, standing, sources: added, level, signal })
    try {
      if (standing !== null && !isUnchanged(bundle, standing.state)) throw new RotorBusyError(bundle)
      // A process that cannot see this one may have begun to do the same. It writes under the same hidden name.
      if (!isUnchanged(temporary, state)) throw new RotorBusyError(bundle)
      await retryWhileHeld(() => { publishCopy({ temporary, final: bundle, replace: standing !== null }) })
      if (!isUnchanged(bundle, state)) throw new RotorBusyError(bundle)
    } finally {
      removeFile(temporary)
    }
    await syncFolder(this.#directory)
    return { bundle, members: added.length, bytes, lostRights }
  }

  // The names of new parent folders must be durable too before a source is removed.
  async #makeFolder (): Promise<void> {
    if (!this.#context.settings.mkdir) return
    const first = mkdirSync(this.#directory, { recursive: true, mode: 0o755 })
    if (first === undefined) return
    for (let made = this.#directory; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made))
  }

  async #locked (action: () => boolean): Promise<void> {
    const { swapLock } = this.#context
    if (await retryWhileHeld(() => swapLock.run(action)) === null) throw new RotorBusyError(swapLock.path)
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
