// The background pass that removes what the limits no longer allow and compresses what waits. It runs once at a time in
// all processes that share the log, however often it is asked, never blocks a write, and takes up at the next start
// what a process left unfinished.
import { join } from 'node:path'
import type { Clock } from '../../clock.js'
import { describe, removeArchive } from '../../disk/archive-folder.js'
import { errnoOf } from '../../disk/errno.js'
import { Lock, touchEveryMs } from '../../disk/lock/lock.js'
import { removeFile } from '../../disk/publish.js'
import { RotorClosedError } from '../../errors.js'
import type { Emit } from '../../events.js'
import type { Bundling, Settings } from '../../options/settings.js'
import { logOf, type Archive, type LogName } from '../../policy/names/archive-name.js'
import { hiddenName } from '../../policy/names/hidden-name.js'
import { slowBackoffMs } from '../../policy/backoff.js'
import { bundleCandidates } from '../../policy/retention/bundle-plan.js'
import type { Removal } from '../../policy/retention/retention.js'
import { nextBoundary, periodStart } from '../../policy/schedule/schedule.js'
import { settleMs } from '../../policy/settling.js'
import { planSweep, type SweepInput, type SweepPlan } from '../../policy/retention/sweep-plan.js'
import { advance, type TrustedTime } from '../../policy/schedule/trusted-time.js'
import { Alarm } from '../alarm.js'
import { ArchiveCompressor } from './archive-compressor.js'
import { Bundler } from './bundler.js'
import { LogFolder, type FolderContents } from './log-folder.js'
import type { StepHealth } from '../step-health.js'
import { SweepWaiters, type Outcome } from './sweep-waiters.js'

export interface SweeperContext {
  readonly settings: Settings
  readonly clock: Clock
  readonly emit: Emit
  readonly health: StepHealth
  /** Held by whoever swaps the active file. */
  readonly swapLock: Lock
  readonly scope: SweepScope
}

/** Everything, or only that periods which are over are joined, whatever the bundle schedule says: all of them, or those of one month. */
export type SweepScope = 'everything' | { readonly bundlesOf: string | null }

/** What a pass is to do beyond the usual. Urgent: the disk is full, room comes first, whoever may still be writing. */
type Urgency = 'usual' | 'urgent'

/**
 * A pass goes through these in turn. Each is decided by what stands in the folder, so a later pass, or one after a crash, goes
 * on where this one stopped.
 */
type Stage = 'removing' | 'tidying' | 'bundling' | 'compressing' | 'done'

interface Pass {
  readonly contents: FolderContents
  readonly input: SweepInput
  readonly plan: SweepPlan
  readonly isLocked: boolean
}

/** How soon to come back where another process sweeps or rotates. */
const comeBackMs = 1_000
const noRoomForLock = ['ENOSPC', 'EDQUOT']

export class Sweeper {
  readonly #context: SweeperContext
  readonly #settings: Settings
  readonly #clock: Clock
  readonly #log: LogName
  readonly #folder: LogFolder
  readonly #sweepLock: Lock
  readonly #swapLock: Lock
  readonly #compressor: ArchiveCompressor | null
  readonly #bundler: Bundler | null
  readonly #scheduleAlarm: Alarm
  readonly #bundleAlarm: Alarm
  readonly #wakeAlarm: Alarm
  readonly #waiters: SweepWaiters
  #abort = new AbortController()
  #wanted: Urgency | null = null
  #running: Promise<void> | null = null
  #isClosed = false
  #failures = 0
  #trusted: TrustedTime | null = null

  constructor (context: SweeperContext) {
    const { settings, clock } = context
    this.#context = context
    this.#settings = settings
    this.#clock = clock
    this.#log = logOf(settings)
    this.#folder = new LogFolder(settings, this.#log, clock)
    this.#sweepLock = new Lock(join(this.#log.directory, hiddenName(this.#log, 'sweep')), clock.monotonic)
    this.#swapLock = context.swapLock
    this.#waiters = new SweepWaiters(clock.monotonic)
    this.#compressor = settings.compression === null ? null : new ArchiveCompressor(this.#log, this.#swapLock, settings.compression)
    this.#bundler = settings.bundle === null ? null : this.#makeBundler(settings.bundle)
    this.#bundleAlarm = new Alarm(clock.now, () => { this.#keepSchedule(); this.request() })
    this.#scheduleAlarm = new Alarm(clock.now, () => { this.#keepSchedule(); this.request() })
    this.#wakeAlarm = new Alarm(clock.monotonic, () => { this.request() })
  }

  /** Puts right what the last process left, and begins to keep the schedule. */
  start (): void {
    if (!this.#settings.enabled) return
    this.#keepSchedule()
    this.request()
  }

  /** Asks for a pass. Asking again before it begins changes nothing. */
  request (urgency: Urgency = 'usual'): void {
    if (this.#isClosed || !this.#settings.enabled) return
    this.#wanted = this.#wanted === 'urgent' ? 'urgent' : urgency
    this.#running ??= this.#run()
  }

  /** Sweeps now, also what waits for the schedule; resolves when what there is at the call has been seen to. */
  async sweep (): Promise<void> {
    if (this.#isClosed) throw new RotorClosedError(this.#settings.file)
    await this.#waiters.wait(() => { this.request() })
  }

  /** Makes room on a full disk. A compression under way would need some itself and is dropped. */
  makeRoom (): void {
    this.#abort.abort()
    this.#abort = new AbortController()
    this.request('urgent')
  }

  /** Stops at once. What is unfinished is taken up at the next start. */
  async close (): Promise<void> {
    this.#isClosed = true
    this.#abort.abort()
    this.#compressor?.close()
    this.#scheduleAlarm.clear()
    this.#bundleAlarm.clear()
    this.#wakeAlarm.clear()
    await this.#running
    this.#waiters.reject(new RotorClosedError(this.#settings.file))
  }

  #makeBundler (bundling: Bundling): Bundler {
    const onFailure = (error: unknown, path: string): void => { this.#fail('bundle', error, path) }
    return new Bundler({ ...this.#context, bundling, log: this.#log, swapLock: this.#swapLock, onFailure })
  }

  #keepSchedule (): void {
    const { sweep, bundle } = this.#settings
    const nowMs = this.#clock.now()
    this.#scheduleAlarm.setAt(nextBoundary(nowMs, sweep))
    if (bundle !== null) this.#bundleAlarm.setAt(nextBoundary(nowMs, bundle.schedule))
  }

  async #run (): Promise<void> {
    while (this.#wanted !== null && !this.#isClosed) {
      const urgency = this.#wanted
      this.#wanted = null
      await this.#attempt(urgency)
    }
    this.#running = null
  }

  async #attempt (urgency: Urgency): Promise<void> {
    const startedMs = this.#clock.monotonic()
    try {
      const outcome = await this.#passAlone(urgency)
      this.#context.health.succeeded('sweep')
      this.#waiters.serve(outcome, startedMs)
      if (!this.#waiters.isEmpty) this.#wakeIn(settleMs)
    } catch (error) {
      this.#fail('sweep', error, this.#log.directory)
      this.#waiters.reject(error)
    }
  }

  async #passAlone (urgency: Urgency): Promise<Outcome> {
    const lock = this.#acquire()
    if (lock === 'busy') {
      this.#wakeIn(comeBackMs)
      return 'unfinished'
    }
    if (lock === 'without') return await this.#pass(urgency, false)
    const touching = setInterval(() => { this.#sweepLock.touch() }, touchEveryMs).unref()
    try {
      return await this.#pass(urgency, true)
    } finally {
      clearInterval(touching)
      this.#sweepLock.release()
    }
  }

  // A full disk has no room for a lock either, and then making room goes first: removing twice does no harm.
  #acquire (): 'held' | 'busy' | 'without' {
    try {
      return this.#sweepLock.tryAcquire() ? 'held' : 'busy'
    } catch (error) {
      if (this.#context.scope === 'everything' && noRoomForLock.includes(errnoOf(error))) return 'without'
      throw error
    }
  }

  async #pass (urgency: Urgency, isLocked: boolean): Promise<Outcome> {
    const { scope } = this.#context
    const contents = await this.#folder.read()
    const input = this.#input(contents, urgency)
    this.#wakeAlarm.clear()
    const plan = planSweep(input)
    if (scope === 'everything' && plan.wakeInMs !== null) this.#wakeIn(plan.wakeInMs)
    const pass = { contents, input, plan, isLocked }
    let stage: Stage | 'interrupted' = scope === 'everything' ? 'removing' : 'bundling'
    while (stage !== 'done' && stage !== 'interrupted') stage = await this.#advance(stage, pass)
    if (stage === 'interrupted') return 'unfinished'
    return settlementOf(scope === 'everything' ? contents.archives : bundleCandidates(input, scope.bundlesOf))
  }

  /** Does what the stage is named after, and tells which comes next. What fails there is told, and done by a later pass. */
  async #advance (stage: Exclude<Stage, 'done'>, { contents, input, plan, isLocked }: Pass): Promise<Stage | 'interrupted'> {
    switch (stage) {
      case 'removing':
        await this.#removeAll(plan.removals)
        return isLocked ? 'tidying' : 'interrupted'
      case 'tidying':
        if (this.#tidy(contents)) return input.urgent ? 'compressing' : 'bundling'
        this.#wakeIn(comeBackMs)
        return 'interrupted'
      case 'bundling': {
        const { scope } = this.#context
        if (scope === 'everything') return await this.#bundle(input, null) ? 'compressing' : 'interrupted'
        return await this.#bundle(input, scope.bundlesOf) ? 'done' : 'interrupted'
      }
      case 'compressing': return await this.#compressAll(plan.compressions) ? 'done' : 'interrupted'
    }
  }

  #input ({ archives, activeBytes, freeBytes }: FolderContents, urgency: Urgency): SweepInput {
    const nowMs = this.#clock.now()
    this.#trusted = advance(this.#trusted, nowMs, this.#clock.monotonic())
    return {
      archives,
      activeBytes,
      freeBytes,
      settings: this.#settings,
      urgent: urgency === 'urgent',
      nowMs,
      trustedNowMs: this.#trusted.wallMs,
      deferredUntilMs: this.#waiters.isEmpty ? periodStart(nowMs, this.#settings.sweep) : nowMs
    }
  }

  // What goes into a bundle needs no compression first.
  async #bundle (input: SweepInput, month: string | null): Promise<boolean> {
    const { bundle } = this.#settings
    if (this.#bundler === null || bundle === null) return true
    const isRequested = this.#context.scope !== 'everything'
    const { isComplete, hasFailed, wakeInMs } = await this.#bundler.join({
      archives: bundleCandidates(input, month),
      dueMs: isRequested ? input.nowMs : periodStart(input.nowMs, bundle.schedule),
      signal: this.#abort.signal,
      isInterrupted: () => this.#isClosed || this.#wanted !== null
    })
    if (wakeInMs !== null) this.#wakeIn(wakeInMs)
    const isWithinLimits = isRequested || !isComplete || await this.#bundler.applyLimits(input.trustedNowMs)
    if (isComplete && !hasFailed && isWithinLimits) this.#context.health.succeeded('bundle')
    return isComplete
  }

  async #removeAll (removals: readonly Removal[]): Promise<void> {
    const { emit, health } = this.#context
    let hasFailed = false
    for (const { stored: { archive, bytes }, reason } of removals) {
      const file = join(this.#log.directory, archive.name)
      try {
        if (await removeArchive(file)) emit('removed', { file, bytes, reason })
      } catch (error) {
        hasFailed = true
        this.#fail('remove', error, file)
      }
    }
    if (!hasFailed) health.succeeded('remove')
  }

  // Under the lock nobody is in the middle of a swap: a successor that stands here is nobody's, and a name that is still
  // reserved was reserved by somebody who is gone. A lock that a crash left is taken and given back. False where somebody
  // else has it.
  #tidy ({ leftovers, reserved, isSwapLocked }: FolderContents): boolean {
    if (leftovers.length + reserved.length === 0 && !isSwapLocked) return true
    return this.#swapLock.run(() => {
      for (const path of [...leftovers, ...reserved.filter((name) => describe(name)?.bytes === 0)]) removeFile(path)
      return true
    }) ?? false
  }

  // A rotation meanwhile asks for another pass, which decides anew what to remove before more is compressed.
  async #compressAll (archives: readonly Archive[]): Promise<boolean> {
    let hasFailed = false
    for (const archive of archives) {
      if (this.#isClosed || this.#wanted !== null) return false
      hasFailed = !(await this.#compress(archive)) || hasFailed
    }
    if (hasFailed) return true
    this.#failures = 0
    this.#context.health.succeeded('compress')
    return true
  }

  async #compress (archive: Archive): Promise<boolean> {
    const { signal } = this.#abort
    const startedMs = this.#clock.monotonic()
    try {
      const compressed = await this.#compressor?.compress(archive, signal) ?? null
      const ms = Math.round(this.#clock.monotonic() - startedMs)
      if (compressed !== null) this.#context.emit('compressed', { ...compressed, ms })
      return true
    } catch (error) {
      // Dropped on purpose, or removed by somebody while it was read: no failure of the disk.
      if (signal.aborted || errnoOf(error) === 'ENOENT') return true
      this.#fail('compress', error, join(this.#log.directory, archive.name))
      return false
    }
  }

  #fail (step: 'sweep' | 'remove' | 'compress' | 'bundle', error: unknown, path: string): void {
    if (this.#isClosed) return
    this.#failures++
    const retryMs = slowBackoffMs(this.#failures)
    this.#context.health.failed(step, error, path, retryMs)
    this.#wakeIn(retryMs)
  }

  #wakeIn (delayMs: number): void {
    this.#wakeAlarm.setAt(this.#clock.monotonic() + delayMs)
  }
}

function settlementOf (archives: ReadonlyArray<{ readonly settled: boolean }>): Outcome {
  return archives.every(({ settled }) => settled) ? 'all done' : 'some unsettled'
}
