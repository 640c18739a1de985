// What a log's thread does while the process exits. No event loop runs then, so everything here blocks, and only as long as
// the shared patience allows.
import { RotorStalledError, type ErrorFacts } from '../errors.js'
import { phases } from '../worker/shared-memory.js'
import type { Survivor } from './exit-care.js'
import type { HandleHealth } from './handle-health.js'
import type { Outbox } from './outbox.js'
import type { Patience } from './patience.js'
import type { RingWriter } from './ring-writer.js'

export interface ExitingThread {
  file: string
  ring: RingWriter
  outbox: Outbox
  health: HandleHealth
  /** Whether the application already knows that the log could not be opened. */
  isFailed: () => boolean
}

export class ThreadExit implements Survivor {
  readonly #thread: ExitingThread
  #patience: Patience | null = null
  #isFailureReported = false

  constructor (thread: ExitingThread) {
    this.#thread = thread
  }

  prepareForExit (): void {
    this.#thread.outbox.goWithoutTicks()
  }

  writeOut (patience: Patience): void {
    const { ring, outbox, health } = this.#thread
    outbox.pump()
    while (outbox.outstandingBytes > 0 && ring.phase <= phases.open && !health.isFailing) {
      if (!patience.wait(ring.phase === phases.starting, (timeoutMs) => { ring.waitForStep(timeoutMs) })) return
      outbox.pump()
    }
  }

  // The worker ends with the process, without having been told to close the file.
  stayForExit (patience: Patience): void {
    const { ring, outbox, health } = this.#thread
    this.#patience = patience
    ring.writeUnfinished()
    if (!outbox.isWithinLine || outbox.outstandingBytes > 0 || ring.phase > phases.open || health.isFailing) return
    patience.wait(ring.phase === phases.starting, (timeoutMs) => { ring.waitForUnfinished(timeoutMs) })
  }

  /** Writes lines that a later exit listener logs. */
  writeLateLines (): void {
    if (this.#patience !== null) this.writeOut(this.#patience)
  }

  beginClosing (): void {
    const { ring, outbox } = this.#thread
    if (outbox.outstandingBytes === 0) ring.end()
    if (ring.phase === phases.failed) this.#reportFailure()
  }

  finishClosing (patience: Patience): void {
    const { file, ring, outbox, health } = this.#thread
    if (outbox.outstandingBytes > 0) outbox.close()
    while (outbox.outstandingBytes === 0 && ring.phase < phases.failed && !health.isFailing) {
      const phase = ring.phase
      if (!patience.wait(phase === phases.starting, (timeoutMs) => { ring.waitForPhase(phase, timeoutMs) })) break
    }
    if (ring.phase === phases.failed) this.#reportFailure()
    else if (ring.phase !== phases.closed) health.failed('ERR_ROTOR_STALLED', new RotorStalledError(file).message, 0)
    health.announce()
  }

  #reportFailure (): void {
    if (this.#isFailureReported || this.#thread.isFailed()) return
    this.#isFailureReported = true
    const { code = 'ERR_ROTOR_OPEN', message } = this.#thread.ring.failure as ErrorFacts | undefined ?? { message: 'the log could not be opened' }
    this.#thread.health.reportUnopened(code, message)
  }
}
