// One pass of a sweep: what it found, what it is to do, and what it has done so far. The stages take their turns with it. Each
// stage is decided by what is in the folder, so a later pass, or one after a crash, goes on where this one stopped.
import type { Clock } from '../../clock.js'
import { codeAndMessage } from '../../disk/errno.js'
import type { Lock } from '../../disk/lock/lock.js'
import type { BundledEvent, CompressedEvent, Emit, FailedEvent, RemovedEvent, Step } from '../../events.js'
import type { Settings } from '../../options/settings.js'
import type { SweepInput, SweepPlan } from '../../policy/retention/sweep-plan.js'
import type { StepHealth } from '../step-health.js'
import type { LazyUploader } from '../uploading/lazy-uploader.js'
import type { FolderContents } from './log-folder.js'
import type { StepRetries } from './step-retries.js'
import type { SweepRecord } from './sweep-record.js'

/** What the stages of a log's sweep share for as long as the log is open. */
export interface SweepContext {
  readonly settings: Settings
  readonly clock: Clock
  readonly emit: Emit
  readonly health: StepHealth
  /** Held by the process that swaps the active file. */
  readonly swapLock: Lock
  /** Left out where nothing is uploaded, as by a command that only sweeps. */
  readonly uploader?: LazyUploader
}

/** What the caller wants of a pass. */
export interface PassRequest {
  /** The disk is full. Room comes first, even where another writer may still append to what is removed. */
  readonly isUrgent: boolean
  /** A user asked for it: what waits for the schedule, or for a pause after a failure, is done now. */
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

/** `interrupted`: the pass ends here, and another one goes on. */
export type StageOutcome = 'done' | 'interrupted'

/** A part of the sweep. The stages of a pass run one after the other, under the sweep's lock. */
export interface SweepStage {
  /** Does its part. A failure is handed to the pass and does not end it. */
  readonly run: (pass: SweepPass) => StageOutcome | Promise<StageOutcome>
  /** It may take long: what the limits do not allow goes meanwhile. */
  readonly isLong?: boolean
  /** Keeps nothing open any longer. */
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
  /** False on a full disk without room for a lock: then only what is removed twice without harm may be done. */
  readonly isLocked: boolean
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
    this.#done.removed.push(...removed)
    this.#done.failed.push(...failed)
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

  /** Reports that the step failed at the path, and has it tried again later. */
  failed (step: Step, error: unknown, path: string, subject = path): void {
    if (this.request.isClosed()) return
    const retryMs = this.#retries.failed(step, error, path, subject)
    const failure: FailedEvent = { step, ...codeAndMessage(error), path, retryMs }
    this.#done.failed.push(failure)
    this.request.wakeIn(retryMs)
  }

  /** Reports rights that a new file could not be given. Nothing waits for them, and no attempt follows. */
  narrowed (lost: Error | null, path: string): void {
    if (lost !== null) this.#context.health.failed('rights', lost, path, 0)
  }

  succeeded (step: Step, subject: string): void {
    this.#retries.succeeded(step, subject)
  }

  /** Ends the step's part of this pass. The subjects are what it still wants to do something with. */
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

  /** Takes note that a file is gone which a crash had left behind. */
  cleared (path: string): void {
    this.#done.cleared.push(path)
  }
}
