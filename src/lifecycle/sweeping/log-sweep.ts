// The sweep of one log: under its lock, it reads the folder, plans with policy/, and runs the stages. Only one of the
// processes that share the log sweeps at a time. To add a part to the sweep, add a stage to the list.
import { retryWhileHeld } from '../../disk/held-files.js'
import type { Lock } from '../../disk/lock/lock.js'
import { logOf, type LogName } from '../../policy/names/archive-name.js'
import { planSweep, type SweepInput } from '../../policy/retention/sweep-plan.js'
import { periodStart } from '../../policy/schedule/schedule.js'
import { advance, type TrustedTime } from '../../policy/schedule/trusted-time.js'
import { acquireIfRoom, type NoRoom } from '../acquire-if-room.js'
import { readHolds } from '../read-holds.js'
import { FreeSpace } from './free-space.js'
import { LogFolder, type FolderContents } from '../log-folder.js'
import { BundlingStage } from './stages/bundling.js'
import { CompressionStage } from './stages/compression.js'
import { RemovalStage } from './stages/removal.js'
import { TidyingStage } from './stages/tidying.js'
import { UploadingStage } from './stages/uploading.js'
import { StepRetries } from './step-retries.js'
import { sweepLockOf } from './sweep-lock.js'
import { SweepPass, type PassRequest, type StageOutcome, type SweepContext, type SweepStage } from './sweep-pass.js'
import { nothingDone, type SweepRecord } from './sweep-record.js'

/** How much of the log a pass has handled. `unfinished`: another pass is under way, or wanted. */
export type Settlement = 'all done' | 'some unsettled' | 'unfinished'

/** `no room`: a full disk has no room for the lock, and the pass could remove nothing. Only room helps, so nothing waits for the next pass. */
export type PassOutcome =
  { readonly settlement: Settlement, readonly record: SweepRecord } |
  { readonly settlement: 'no room', readonly record: SweepRecord, readonly error: unknown }

/** When to try again if another process sweeps. */
const comeBackMs = 1_000

export class LogSweep {
  readonly #context: SweepContext
  readonly #log: LogName
  readonly #folder: LogFolder
  readonly #lock: Lock
  readonly #freeSpace: FreeSpace
  readonly #retries: StepRetries
  readonly #removal: RemovalStage
  readonly #stages: readonly SweepStage[]
  #trusted: TrustedTime | null = null

  constructor (context: SweepContext) {
    const { settings, clock, health } = context
    this.#context = context
    this.#log = logOf(settings)
    this.#folder = new LogFolder(settings, this.#log, clock)
    this.#lock = sweepLockOf(this.#log, clock)
    this.#freeSpace = new FreeSpace(this.#log.directory, settings.bundle === null ? settings.limits.freeBytesMin : 0, clock)
    this.#retries = new StepRetries(health, clock.monotonic)
    this.#removal = new RemovalStage(context, this.#freeSpace)
    this.#stages = [
      this.#removal,
      new TidyingStage(context),
      ...settings.bundle === null ? [] : [new BundlingStage(context, settings.bundle)],
      ...settings.compression === null ? [] : [new CompressionStage(context, settings.compression)],
      ...context.uploader === undefined ? [] : [new UploadingStage(context.uploader)]
    ]
  }

  /** Runs one pass, unless another process sweeps. Throws if the folder cannot be read or locked. `failed` counts that. */
  async run (request: PassRequest): Promise<PassOutcome> {
    // Making room comes first on a full disk, because removing something twice does no harm.
    const lock = await retryWhileHeld(() => acquireIfRoom(this.#lock))
    if (lock === 'busy') {
      request.wakeIn(comeBackMs)
      return { settlement: 'unfinished', record: nothingDone }
    }
    if (typeof lock === 'object') return await this.#pass(request, lock)
    return await this.#lock.runAcquired(async () => await this.#pass(request))
  }

  /** Notes that a pass threw. Returns the pause before the next one. */
  failed (error: unknown): number {
    return this.#retries.failed('sweep', error, this.#log.directory, this.#log.directory)
  }

  close (): void {
    for (const stage of this.#stages) stage.close?.()
  }

  async #pass (request: PassRequest, unlocked: NoRoom | null = null): Promise<PassOutcome> {
    const pass = await this.#begin(request, unlocked === null)
    const isFinished = await this.#runStages(pass)
    const { leftovers, reserved, archives } = pass.contents
    this.#retries.settle('sweep', new Set([...leftovers, ...reserved.map(({ path }) => path)]))
    const isSettled = [...archives, ...reserved].every(({ settled }) => settled)
    // Where something was removed, the next pass has room for the lock. It also sees to archives that are not settled yet.
    if (unlocked !== null && isSettled && pass.record.removed.length === 0) return { settlement: 'no room', record: pass.record, error: unlocked.noRoom }
    return { settlement: isFinished && !pass.gaveBack ? isSettled ? 'all done' : 'some unsettled' : 'unfinished', record: pass.record }
  }

  async #begin (request: PassRequest, isLocked: boolean): Promise<SweepPass> {
    const contents = await this.#folder.read()
    const input = await this.#input(contents, request)
    const plan = planSweep(input)
    if (plan.wakeInMs !== null) request.wakeIn(plan.wakeInMs)
    return new SweepPass({ context: this.#context, retries: this.#retries, request, contents, input, plan, isLocked })
  }

  async #runStages (pass: SweepPass): Promise<boolean> {
    for (const stage of this.#stages) {
      const outcome = stage.run(pass)
      if (stage.isLong === true) await this.#applyLimitsUntil(outcome, pass)
      if (await outcome === 'interrupted') return false
    }
    return true
  }

  // On a busy machine the compression thread gets little time, and a user's module may take any time. The log grows meanwhile.
  async #applyLimitsUntil (outcome: StageOutcome | Promise<StageOutcome>, pass: SweepPass): Promise<void> {
    const isOver = Promise.resolve(outcome).then(() => true, () => true)
    for (let wanted = pass.request.whenWanted(); !await Promise.race([isOver, wanted.then(() => false)]);) {
      wanted = pass.request.whenWanted()
      await this.#applyLimits(pass)
    }
  }

  async #applyLimits (during: SweepPass): Promise<void> {
    const { request, isLocked } = during
    if (request.isClosed()) return
    try {
      const pass = await this.#begin(request, isLocked)
      await this.#removal.run(pass)
      during.include(pass.record)
    } catch (error) {
      request.wakeIn(this.failed(error))
    }
  }

  async #input ({ archives, activeBytes }: FolderContents, { isUrgent, isRequested }: PassRequest): Promise<SweepInput> {
    const { settings, clock, uploader } = this.#context
    const nowMs = clock.now()
    this.#trusted = advance(this.#trusted, nowMs, clock.monotonic())
    return {
      archives,
      activeBytes,
      freeBytes: await this.#freeSpace.look(),
      settings,
      urgent: isUrgent,
      nowMs,
      trustedNowMs: this.#trusted.wallMs,
      deferredUntilMs: isRequested ? nowMs : periodStart(nowMs, settings.sweep),
      holds: settings.bundle === null ? readHolds(settings, this.#log, uploader?.memory) : []
    }
  }
}
