// One pass of a sweep: what it found, what it plans, and what it has done so far. The stages run one after another with it.
// Each stage decides by the folder's content, so a later pass, or one after a crash, continues where this one stopped.
import type { Clock } from '../../clock.js'
import { codeAndMessage } from '../../disk/errno.js'
import type { Lock } from '../../disk/lock/lock.js'
import type { BundledEvent, CompressedEvent, Emit, FailedEvent, RemovedEvent, Step } from '../../events.js'
import type { Settings } from '../../options/settings.js'
import type { SweepInput, SweepPlan } from '../../policy/retention/sweep-plan.js'
import type { StepHealth } from '../step-health.js'
import type { LazyUploader } from '../uploading/lazy-uploader.js'
import type { FolderContents } from '../log-folder.js'
import type { StepRetries } from './step-retries.js'
import type { SweepRecord } from './sweep-record.js'

/** What the stages share while the log is open. */
export interface SweepContext {
  readonly settings: Settings
  readonly clock: Clock
  readonly emit: Emit
  readonly health: StepHealth
  /** The process that swaps the active file holds it. */
  readonly swapLock: Lock
  /** Missing if nothing is uploaded, for example in a command that only sweeps. */
  readonly uploader?: LazyUploader
}

/** What the caller wants from a pass. */
export interface PassRequest {
  /** The disk is full. Making room comes first, even if another writer may still append to a removed file. */
  readonly isUrgent: boolean
  /** A user asked for it. Work that waits for the schedule, or for a pause after a failure, is done now. */
  readonly isRequested: boolean
  readonly signal: AbortSignal
  /** Whether another pass is wanted, or the log is closed. */
  readonly isInterrupted: () => boolean
  /** Resolves when another pass is asked for the next time. */
  readonly whenWanted: () => Promise<void>
  readonly isClosed: () => boolean
  /** Asks for another pass after that time. */
  readonly wakeIn: (delayMs: number) => void
}

/** `interrupted`: the pass ends here, and another one continues. */
export type StageOutcome = 'done' | 'interrupted'

/** A part of the sweep. The stages of a pass run one after another under the sweep's lock. */
export interface SweepStage {
  /** Does its part. It passes a failure to the pass, which continues. */
  readonly run: (pass: SweepPass) => StageOutcome | Promise<StageOutcome>
  /** Whether it may take long. Archives beyond the limits are removed meanwhile. */
  readonly isLong?: boolean
  /** Releases what it keeps open. */
  readonly close?: () => void
}

interface PassParts {
  readonly context: SweepContext
  readonly retries: StepRetries
  readonly request: PassRequest
  readonly contents: FolderContents
  readonly input: SweepInput
  readonly plan: SweepPlan
  readonly isLocked: boolean
}

export class SweepPass {
  readonly request: PassRequest
  readonly contents: FolderContents
  readonly input: SweepInput
  readonly plan: SweepPlan
  /** False on a full disk without room for a lock. Then only steps that are harmless when done twice are allowed. */
  readonly isLocked: boolean
  /** Whether an archive that was not in the listing got its name back. Only another pass handles it. */
  gaveBack = false
  readonly #context: SweepContext
  readonly #retries: StepRetries
  readonly #done: { -readonly [Kind in keyof SweepRecord]: Array<SweepRecord[Kind][number]> } = { removed: [], bundled: [], compressed: [], cleared: [], failed: [] }

  constructor ({ context, retries, request, contents, input, plan, isLocked }: PassParts) {
    this.#context = context
    this.#retries = retries
    this.request = request
    this.contents = contents
    this.input = input
    this.plan = plan
    this.isLocked = isLocked
  }

  get record (): SweepRecord {
    return this.#done
  }

  /** Adds what was done beside the stages. */
  include ({ removed, failed }: Pick<SweepRecord, 'removed' | 'failed'>): void {
    for (const event of removed) this.#done.removed.push(event)
    for (const event of failed) this.#done.failed.push(event)
  }

  /** Whether another pass is wanted, or the log is closed. */
  isInterrupted (): boolean {
    return this.request.isInterrupted()
  }

  /** Whether the step may be tried with this file now. If not, another pass comes when it may. */
  isDue (step: Step, subject: string): boolean {
    const waitMs = this.request.isRequested ? 0 : this.#retries.waitMs(step, subject)
    if (waitMs > 0) this.request.wakeIn(waitMs)
    return waitMs === 0
  }

  /** Reports that the step failed at the path, and schedules another attempt. */
  failed (step: Step, error: unknown, path: string, subject = path): void {
    if (this.request.isClosed()) return
    const retryMs = this.#retries.failed(step, error, path, subject)
    const failure: FailedEvent = { step, ...codeAndMessage(error), path, retryMs }
    this.#done.failed.push(failure)
    this.request.wakeIn(retryMs)
  }

  /** Reports rights that a new file could not get. The file stays, and no attempt follows. */
  narrowed (lost: Error | null, path: string): void {
    if (lost !== null) this.#context.health.failed('rights', lost, path, 0)
  }

  succeeded (step: Step, subject: string): void {
    this.#retries.succeeded(step, subject)
  }

  /** Ends the step's part of this pass. The subjects are those that it still wants to handle. */
  settle (step: Step, subjects: Iterable<string>): void {
    this.#retries.settle(step, new Set(subjects))
  }

  removed (event: RemovedEvent): void {
    this.#done.removed.push(event)
    this.#context.emit('removed', event)
  }

  bundled (event: BundledEvent): void {
    this.#done.bundled.push(event)
    this.#context.emit('bundled', event)
  }

  compressed (event: CompressedEvent): void {
    this.#done.compressed.push(event)
    this.#context.emit('compressed', event)
  }

  /** Notes that a leftover of a crash was removed. */
  cleared (path: string): void {
    this.#done.cleared.push(path)
  }
}
