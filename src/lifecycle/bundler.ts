// A closed period's way from archives to one bundle. The bundle is proven before it is published and published before a
// source goes, and a source goes only if it is still what was read. A run that a crash cut off anywhere is done again: what
// is in the bundle already is known from the bundle itself, so that nothing is joined twice.
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Clock } from '../clock.js'
import { freeBytes, removeArchive } from '../disk/archive-folder.js'
import { surveyBundle, surveySource, writeBundle, type StandingBundle, type SurveyedSource } from '../disk/bundle.js'
import { CompressError } from '../disk/compress-error.js'
import { errnoOf } from '../disk/errno.js'
import type { Lock } from '../disk/lock.js'
import { identify, isUnchanged, publishCopy, removeFile, syncFolder, type FileIdentity } from '../disk/publish.js'
import { RotorBusyError } from '../errors.js'
import type { Emit } from '../events.js'
import type { Bundling, Settings } from '../options/settings.js'
import { algorithmOf, formatArchiveName, type Archive, type LogName } from '../policy/archive-name.js'
import { formatBundleName, plainBundleName } from '../policy/bundle-name.js'
import { planBundleRemovals, planBundles, type BundleJob, type WaitingArchive } from '../policy/bundle-plan.js'
import { hiddenBundleName, readBundleFolder } from './bundle-folder.js'

export interface BundlerContext {
  readonly settings: Settings
  readonly bundling: Bundling
  readonly log: LogName
  readonly clock: Clock
  readonly emit: Emit
  /** Held whenever a source is removed. */
  readonly swapLock: Lock
  readonly onFailure: (error: unknown, path: string) => void
}

export interface BundlePass {
  readonly archives: readonly WaitingArchive[]
  readonly trustedNowMs: number
  readonly signal: AbortSignal
  /** Whether something more urgent has come up since. */
  readonly isInterrupted: () => boolean
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
  readonly #damaged = new Map<string, FileIdentity>()

  constructor (context: BundlerContext) {
    this.#context = context
    this.#directory = context.bundling.directory
  }

  /** Joins what is due, then applies the limits of bundles. The caller holds the sweep lock. */
  async run ({ archives, trustedNowMs, signal, isInterrupted }: BundlePass): Promise<BundleOutcome> {
    const { settings: { timezone }, bundling, clock } = this.#context
    const { jobs, wakeInMs } = planBundles({ archives, bundling, timezone, nowMs: clock.now() })
    let hasFailed = !(await this.#inFolder(() => { this.#tidy() }))
    for (const job of jobs) {
      if (isInterrupted()) return { isComplete: false, hasFailed, wakeInMs }
      hasFailed = !(await this.#join(job, signal)) || hasFailed
    }
    hasFailed = !(await this.#inFolder(() => this.#applyLimits(trustedNowMs))) || hasFailed
    return { isComplete: true, hasFailed, wakeInMs }
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

  async #applyLimits (trustedNowMs: number): Promise<void> {
    const { settings: { timezone }, bundling, log, emit } = this.#context
    const { bundles } = readBundleFolder(this.#directory, log)
    if (bundles.length === 0) return
    const free = bundling.limits.freeBytesMin > 0 ? await freeBytes(this.#directory) : Infinity
    for (const { stored, reason } of planBundleRemovals(bundles, bundling, timezone, trustedNowMs, free)) {
      const file = join(this.#directory, stored.archive.name)
      if (await removeArchive(file)) emit('removed', { file, bytes: stored.bytes, reason })
    }
  }

  /** True where all members of the job are in their bundle. */
  async #join ({ stamp, members }: BundleJob, signal: AbortSignal): Promise<boolean> {
    const { log, onFailure } = this.#context
    const bundle = join(this.#directory, formatBundleName(log, stamp))
    if (this.#isKnownDamaged(bundle)) return false
    try {
      const standing = await surveyBundle(bundle, plainBundleName(log, stamp), signal)
      const { sources, isComplete } = await this.#survey(members, standing, signal)
      const added = sources.filter(({ joinedBytes, bytes }) => joinedBytes < bytes)
      if (added.length > 0) await this.#publish(bundle, stamp, standing, added, signal)
      for (const { path, identity } of sources) this.#locked(() => isUnchanged(path, identity) && removeFile(path))
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
        sources.push(await surveySource({ path, name, algorithm: algorithmOf(archive.suffix) }, standing, signal))
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
      if (standing !== null && !isUnchanged(bundle, standing.identity)) throw new RotorBusyError(bundle)
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
    const identity = this.#damaged.get(path)
    return identity !== undefined && isUnchanged(path, identity)
  }

  #rememberDamage (path: string, error: unknown): void {
    const isAbout = error instanceof CompressError && error.code === 'ERR_ROTOR_COPY_DAMAGED' && error.path === path
    const identity = isAbout ? identify(path) : null
    if (identity !== null) this.#damaged.set(path, identity)
  }
}
